/**
 * How the lab's own processes are started: its sources are TypeScript, whoever uses them.
 *
 * @module
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Options of Node by which it runs TypeScript. What this process was started with says nothing: a test runner has its own. */
export const RUN_TYPESCRIPT: readonly string[] = [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
];
