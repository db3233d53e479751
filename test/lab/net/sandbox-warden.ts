/**
 * The process outside: puts the inmate into a sandbox and ends with its exit status.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { enterSandbox, probeNamespaces } from '../../../lab/net/sandbox.ts';

const inmate = fileURLToPath(new URL('sandbox-inmate.ts', import.meta.url));
process.exitCode = await enterSandbox(inmate, process.argv.slice(2), { support: await probeNamespaces() });
