/** @module A handler's source file as one module that a sandbox can load. */
import { join } from 'node:path';
import { build } from 'esbuild';

/** CommonJS packages call `require`, which a bundled ES module lacks. */
const REQUIRE_BANNER =
  "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);";

/**
 * Writes `index.mjs` with the file and all that it imports.
 *
 * @param file in TypeScript or JavaScript
 * @throws Error with the bundler's findings
 */
export async function bundleHandler(file: string, directory: string): Promise<void> {
  await build({
    entryPoints: [file],
    outfile: join(directory, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    sourcemap: 'inline',
    logLevel: 'silent',
  });
}
