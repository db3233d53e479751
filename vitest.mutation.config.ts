import { defineConfig } from 'vitest/config';

/**
 * What `npm run mutate` runs against each mutant: the tests of decisions and of steps, which need nothing but Node. Not
 * those of diagnosis and story, whose thousands of generated views touch everything and would take hours.
 */
export default defineConfig({
  test: {
    include: ['test/{core,lambdas}/**/*.test.ts'],
    exclude: ['test/core/{diagnosis,story,journal,gtid}/**'],
    isolate: false,
  },
});
