/**
 * Histories by the minute: `npm run bench:histories -- [--seconds 60] [--histories n] [--seed s] [--workers 2]`, and
 * `--seed s --path p` to see one again, made as small as it can be. Ends with 1 when a history breaks a promise, and
 * prints it as a script that can be pasted into test/histories/found.
 *
 * The code is bundled first, as it is for Lambda: what compiles modules one by one keeps names by a call each time that
 * a function is made, which costs a third of the time.
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
import { emptyTally, type explain as Explain, type Tally } from '../test/histories/campaign.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    histories: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    workers: { type: 'string', default: '2' },
    path: { type: 'string' },
  },
});
const WORKERS = Number(values.workers);
/** Until then much of the time goes into compiling. */
const WARM_AFTER_MS = 15_000;
/** Fewer than this part of the histories with a promotion would prove nothing. */
const LEAST_PROMOTED = 0.2;

const directory = mkdtempSync(join(tmpdir(), 'db-failover-histories-'));
try {
  process.exitCode = values.path === undefined ? await bench() : await show(Number(values.seed), Number(values.path));
} finally {
  rmSync(directory, { recursive: true });
}

async function bench(): Promise<number> {
  console.log(`seed ${values.seed}, ${WORKERS} workers, ${values.seconds} s`);
  const worker = await bundled('worker.ts');
  const tallies: Tally[] = Array.from({ length: WORKERS }, () => emptyTally());
  const startedAtMs = performance.now();
  let saidAtMs = startedAtMs;
  /** One entry, once the code is warm. */
  const warm: { readonly histories: number; readonly atMs: number }[] = [];
  await Promise.all(
    tallies.map(
      (_, index) =>
        new Promise<void>((resolve, reject) => {
          const child = fork(worker, [], { execArgv: [] });
          child.send({
            seed: Number(values.seed),
            from: index,
            stride: WORKERS,
            ...(values.histories === undefined ? {} : { histories: Math.ceil(Number(values.histories) / WORKERS) }),
            seconds: Number(values.seconds),
          });
          child.on('message', (tally) => {
            // Sent by our own worker.
            tallies[index] = tally as Tally;
            if (performance.now() - saidAtMs < 5_000) return;
            saidAtMs = performance.now();
            const isWarm = saidAtMs - startedAtMs > WARM_AFTER_MS;
            if (isWarm && warm.length === 0) warm.push({ histories: total(tallies), atMs: saidAtMs });
            console.log(progressOf(tallies, saidAtMs - startedAtMs));
          });
          child.on('error', reject);
          child.on('exit', (code) =>
            code === 0 ? resolve() : reject(new Error(`worker ${index} ended with ${code}`)),
          );
        }),
    ),
  );
  const endedAtMs = performance.now();
  console.log(progressOf(tallies, endedAtMs - startedAtMs));
  for (const { histories, atMs } of warm) {
    const rate = ((total(tallies) - histories) / (endedAtMs - atMs)) * 60_000;
    console.log(`${Math.round(rate)} a minute since the code is warm (${WARM_AFTER_MS / 1_000} s)`);
  }
  console.log(`ends: ${inWords(sumOf(tallies.map((tally) => tally.ends)))}`);
  console.log(`proofs: ${inWords(sumOf(tallies.map((tally) => tally.proofs)))}`);
  const failed = tallies.find((tally) => tally.failed !== null);
  if (failed?.failed !== null && failed?.failed !== undefined) {
    await show(Number(values.seed), failed.failed);
    return 1;
  }
  const part = tallies.reduce((sum, tally) => sum + tally.promoted, 0) / Math.max(1, total(tallies));
  if (part >= LEAST_PROMOTED) return 0;
  console.log(`only ${(part * 100).toFixed(1)} % of the histories promoted anybody: they prove little`);
  return 1;
}

async function show(seed: number, path: number): Promise<number> {
  const { explain } = (await import(pathToFileURL(await bundled('campaign.ts')).href)) as { explain: typeof Explain };
  const explained = await explain({ seed }, path);
  console.log(`${explained}\nagain: npm run bench:histories -- --seed ${seed} --path ${path}`);
  return explained.includes('nothing is broken') ? 0 : 1;
}

async function bundled(file: string): Promise<string> {
  const outfile = join(directory, file.replace(/ts$/, 'mjs'));
  await build({
    entryPoints: [fileURLToPath(new URL(`../test/histories/${file}`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // What the steps import of Node's own is required by some of their libraries.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

function progressOf(tallies: readonly Tally[], tookMs: number): string {
  const histories = total(tallies);
  const promoted = tallies.reduce((sum, tally) => sum + tally.promoted, 0);
  const twice = tallies.reduce((sum, tally) => sum + tally.promotedTwice, 0);
  const aMinute = Math.round((histories / tookMs) * 60_000);
  const processorMs = tallies.reduce((sum, tally) => sum + tally.processorMs, 0);
  const undisturbed = Math.round((histories / Math.max(1, processorMs)) * 60_000 * WORKERS);
  const percent = ((promoted / Math.max(1, histories)) * 100).toFixed(1);
  return `${(tookMs / 1_000).toFixed(0)} s: ${histories} histories, ${aMinute} a minute (${undisturbed} with ${WORKERS} processors of its own); ${percent} % promoted, ${twice} more than once`;
}

function total(tallies: readonly Tally[]): number {
  return tallies.reduce((sum, tally) => sum + tally.histories, 0);
}

function sumOf(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const part of parts) for (const [name, count] of Object.entries(part)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function inWords(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}
