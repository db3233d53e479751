/**
 * A process to put into a sandbox in order to end it: it makes a host with a sleeping program on it, names itself and
 * goes on for ever. With `stubborn` it ignores the signals that it is sent.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { sandboxWorkDirectory } from '../../../lab/net/sandbox.ts';

const [mark = '', manner] = process.argv.slice(2);
execFileSync('ip', ['netns', 'add', 'inmate']);
writeFileSync(`${sandboxWorkDirectory}/inmate`, mark);
// A program that leaves its parent's group and session, and ignores the end of its streams.
spawn('ip', ['netns', 'exec', 'inmate', 'sh', '-c', `sleep 600 # ${mark}`], {
  detached: true,
  stdio: 'ignore',
}).unref();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    process.stdout.write(`got ${signal}\n`);
    if (manner !== 'stubborn') process.exit(3);
  });
}
setInterval(() => {}, 60_000);
process.stdout.write(`running\n`);
