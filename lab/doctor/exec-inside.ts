/**
 * The first process of a sandbox in which a program of the user's runs: it starts the program, passes on signals, and
 * ends as the program does.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  process.stderr.write(`${command} can't be started: ${error.message}\n`);
  process.exit(127);
});
child.once('close', (status, signal) => {
  process.exit(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
});
