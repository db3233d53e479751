import { defineConfig } from 'vitest/config';

/** What `npm run mutate` runs against each mutant: the tests of decisions and of steps, which need nothing but Node. */
export default defineConfig({
  test: { include: ['test/{core,lambdas}/**/*.test.ts'], isolate: false },
});
