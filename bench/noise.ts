/**
 * Hours of everything that is no death: `npm run bench:noise -- [--hours 10000] [--seed n] [--workers 2]`, and
 * `--seed n --hour h --stretch i` to see one stretch again. The real monitors in virtual time must find every death that is
 * hidden in it, and nothing else. Ends with 1 when they do not, and says how to see it again.
 *
 * Between busy stretches nothing is simulated. That is sound because what a monitor will do depends on what it remembers
 * and on what it sees. Each stretch ends only when every monitor has voted `alive` again and no execution runs, and the
 * next begins with monitors that have voted `alive`: they remember no failure, no silence and no stall. What they see in
 * quiet is the same in each round. So a quiet hour is a quiet round, repeated.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { exampleCluster } from '../test/fakes/example-config.ts';
import type { retell as Retell } from './noise/hours.ts';
import { add, emptyTally, report, type Tally } from './noise/tally.ts';
import type { Task } from './noise/worker.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    workers: { type: 'string', default: '2' },
    hour: { type: 'string' },
    stretch: { type: 'string', default: '0' },
  },
});
const SEED = Number(values.seed);
const WORKERS = Number(values.workers);
const SAY_EVERY_MS = 15_000;
const SHOWN = 10;

const directory = mkdtempSync(join(tmpdir(), 'db-failover-noise-'));
try {
  if (values.hour === undefined) process.exitCode = await bench();
  else console.log(await again(Number(values.hour), Number(values.stretch)));
} finally {
  rmSync(directory, { recursive: true });
}

async function bench(): Promise<number> {
  console.log(`seed ${SEED}, ${WORKERS} workers, ${values.hours} hours`);
  const file = await bundled('worker.ts');
  const tally = emptyTally();
  const startedAtMs = performance.now();
  let saidAtMs = startedAtMs;
  await Promise.all(
    Array.from(
      { length: WORKERS },
      (_, from) =>
        new Promise<void>((resolve, reject) => {
          const child = fork(file, [], { execArgv: [] });
          child.send({ seed: SEED, from, to: Number(values.hours), stride: WORKERS } satisfies Task);
          child.on('message', (part) => {
            // Sent by our own worker.
            add(tally, part as Tally);
            if (performance.now() - saidAtMs < SAY_EVERY_MS) return;
            saidAtMs = performance.now();
            console.log(
              `${Math.round((saidAtMs - startedAtMs) / 1_000)} s: ${tally.hours} hours, ${tally.wrong.length} wrong`,
            );
          });
          child.on('error', reject);
          child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`worker ${from} ended with ${code}`))));
        }),
    ),
  );
  console.log(`${((performance.now() - startedAtMs) / 1_000).toFixed(0)} s of real time`);
  console.log(report(tally, exampleCluster().detection));
  if (tally.wrong.length === 0) return 0;
  for (const { hour, index, what } of tally.wrong.slice(0, SHOWN)) {
    console.log(`${what}\n  again: npm run bench:noise -- --seed ${SEED} --hour ${hour} --stretch ${index}`);
  }
  if (tally.wrong.length > SHOWN) console.log(`and ${tally.wrong.length - SHOWN} more`);
  return 1;
}

async function again(hour: number, index: number): Promise<string> {
  const { retell } = (await import(pathToFileURL(await bundled('hours.ts')).href)) as { retell: typeof Retell };
  return retell(SEED, hour, index);
}

async function bundled(file: string): Promise<string> {
  const outfile = join(directory, file.replace(/ts$/, 'mjs'));
  await build({
    entryPoints: [fileURLToPath(new URL(`noise/${file}`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // What is imported of Node's own is required by some libraries.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}
