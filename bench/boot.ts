/**
 * `npm run bench:boot -- [--engine mariadb|mysql] [--runs n]`: how long a lab takes from nothing to servers that
 * replicate, and to monitors that see them, part by part, beside the boot of one bare server on the same machine.
 *
 * @module
 */
import { cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openNetwork } from '../lab/net/open-network.ts';
import { enterSandbox, insideSandbox, probeNamespaces, sandboxWorkDirectory } from '../lab/net/sandbox.ts';
import type { Engine } from '../lab/packages/engine-build.ts';
import { findEngine } from '../lab/packages/find-engine.ts';
import { findTool } from '../lab/packages/find-tool.ts';
import { bootPhases, timed } from '../lab/run/boot-phases.ts';
import { startLab } from '../lab/run/lab.ts';
import { rangeOf } from '../lab/run/report-schema.ts';
import { allMonitorsSee } from '../lab/run/steady.ts';
import * as topology from '../lab/run/topology.ts';
import { until } from '../lab/run/until.ts';

const WITHIN_MS = 60_000;
/** Seconds to servers that replicate, that must hold on two cores from a warm cache. */
const GOALS: Readonly<Record<Engine, number>> = { mariadb: 3, mysql: 8 };

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const { values } = parseArgs({
  options: { engine: { type: 'string', default: 'mariadb' }, runs: { type: 'string', default: '5' } },
});
const engine: Engine = values.engine === 'mysql' ? 'mysql' : 'mariadb';
const runs = Number(values.runs);
const onProgress = (line: string) => console.log(line);
const build = await findEngine(engine, { onProgress });
const nft = await findTool('nft', { onProgress });
if (!insideSandbox()) {
  const support = await probeNamespaces();
  process.exit(await enterSandbox(fileURLToPath(import.meta.url), process.argv.slice(2), { support }));
}

const times = new Map<string, number[]>();
for (let n = 0; n < runs; n += 1) {
  for (const [phase, tookMs] of await boot()) times.set(phase, [...(times.get(phase) ?? []), tookMs]);
}
print();
process.exit(0);

/** Milliseconds of each part of one boot. */
async function boot(): Promise<readonly (readonly [string, number])[]> {
  performance.clearMeasures();
  const startMs = performance.now();
  const network = await openNetwork({ kind: 'namespaces', tools: { nft } });
  const lab = await startLab({
    network,
    build,
    directory: sandboxWorkDirectory,
    detection: { intervalMs: 1_000, timeoutMs: 1_000, failures: 3 },
    semiSync: 'required',
    apiLatency: 1,
    stopTimeMs: 2_000,
    onEvent: () => {},
  });
  try {
    const { signal } = new AbortController();
    const watched = until('every monitor sees the primary', WITHIN_MS, signal, async () => {
      await delay(20);
      return (await allMonitorsSee(lab)) ?? undefined;
    });
    await timed('first votes', watched);
    const phases = bootPhases();
    const endOf = (name: string) => {
      const found = phases.find(({ phase }) => phase === name);
      return found === undefined ? Number.NaN : found.startMs + found.tookMs - startMs;
    };
    const totals = [
      ['= servers that replicate', endOf('servers')],
      ['= monitors that see them', endOf('first votes')],
    ] as const;
    return [
      ['one bare server', await bareBoot()],
      ...phases.map(({ phase, tookMs }) => [phase, tookMs] as const),
      ...totals,
    ];
  } finally {
    await lab.close();
    await network.close();
  }

  /** A replica of the lab, stopped and booted again on the data that it left. */
  async function bareBoot(): Promise<number> {
    const replica = [...lab.servers].find(([name]) => name !== topology.PRIMARY)?.[1];
    if (replica === undefined) throw new Error('the lab has no replica');
    await replica.stop();
    const bareStartMs = performance.now();
    await replica.start();
    return performance.now() - bareStartMs;
  }
}

function print(): void {
  const [cpu] = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  console.log(`${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${gib} GiB, Node ${process.version}`);
  console.log(`${engine} ${build.version}, ${runs} boots of a primary and two replicas, from a warm cache\n`);
  console.log(`${'part'.padEnd(28)}${['median', 'min', 'max', '× bare'].map((each) => each.padStart(10)).join('')}`);
  const bareMs = rangeOf(times.get('one bare server') ?? [])?.median ?? Number.NaN;
  for (const [phase, all] of times) {
    const range = rangeOf(all);
    if (range === null) continue;
    const columns = [range.median, range.min, range.max].map((ms) => `${(ms / 1_000).toFixed(2)} s`);
    columns.push((range.median / bareMs).toFixed(1));
    console.log(`${phase.padEnd(28)}${columns.map((each) => each.padStart(10)).join('')}`);
  }
  const reachedMs = rangeOf(times.get('= servers that replicate') ?? [])?.median ?? Number.NaN;
  console.log(
    `\ngoal: servers that replicate within ${GOALS[engine]} s: ${reachedMs < GOALS[engine] * 1_000 ? 'held' : 'MISSED'}`,
  );
}
