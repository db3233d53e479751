import { defineConfig } from 'vitest/config';

/**
 * Three kinds of test. `unit` needs nothing but Node and stays under a minute; `contract` runs one suite per port
 * against every implementation of it, real servers included; `scenarios` runs whole drills. The last two share the
 * machine with real database servers, so their files run one after another.
 */
export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    // Of tests that say that they may run beside each other: drills, which mostly wait.
    maxConcurrency: 3,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{core,adapters,constructs,lambdas,lab,bin,docs,histories,operator}/**/*.test.ts'],
          // Files share their worker's modules: loading the CDK anew for each would take half of the time.
          isolate: false,
          // No test fails because a machine was slow.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'scenarios',
          // The examples are run as users would: what they show stays true.
          include: ['test/scenarios/**/*.test.ts', 'examples/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
