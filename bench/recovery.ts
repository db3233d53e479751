/**
 * `npm run bench:recovery`: recovery times, ours and a bare loop's, in turn on the same machine with the same servers,
 * faults and application. Prints medians and the ratio of each pair.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpus, totalmem } from 'node:os';
import { openNetwork } from '../lab/net/open-network.ts';
import { enterSandbox, insideSandbox, probeNamespaces, sandboxWorkDirectory } from '../lab/net/sandbox.ts';
import { findEngine } from '../lab/packages/find-engine.ts';
import { findTool } from '../lab/packages/find-tool.ts';
import { runDrill } from '../lab/run/drill.ts';
import { startGround } from '../lab/run/ground.ts';
import { firstOnNewPrimary } from '../lab/run/ledger.ts';
import { liveLines } from '../lab/run/live.ts';
import { parseOptions, type DrillOptions } from '../lab/run/options.ts';
import { rangeOf } from '../lab/run/report-schema.ts';
import { SCENARIOS, type ScenarioName } from '../lab/run/scenarios/catalogue.ts';
import { startWriter } from '../lab/run/stage.ts';
import * as topology from '../lab/run/topology.ts';
import { until } from '../lab/run/until.ts';
import { bareLoop } from './bare-loop.ts';

const SCENARIO_NAMES: readonly ScenarioName[] = ['crash', 'power', 'hang'];
const WITHIN_MS = 60_000;

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const argv = process.argv.slice(2);
const options = parseOptions(argv);
if (insideSandbox()) {
  await compare(options);
  process.exit(0);
}
await tools();
process.exitCode = await enterSandbox(fileURLToPath(import.meta.url), argv, { support: await probeNamespaces() });

async function tools() {
  const onProgress = (line: string) => console.log(line);
  return { build: await findEngine(options.engine, { onProgress }), nft: await findTool('nft', { onProgress }) };
}

async function compare({ runs, intervalMs, timeoutMs, failures, engine, apiLatency }: DrillOptions): Promise<void> {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  console.log(
    `${engine}, a probe each ${intervalMs} ms, timeout ${timeoutMs} ms, ${failures} failures, API latency × ${apiLatency}, ${runs} pairs`,
  );
  console.log(
    '\nscenario      ours: median   min     max    bare loop: median   min     max    ratio of pairs (median)',
  );
  for (const scenario of SCENARIO_NAMES) {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let n = 0; n < runs; n += 1) {
      ours.push(await measureOurs({ ...options, scenario }));
      bare.push(await measureBare({ ...options, scenario }));
    }
    const ratios = rangeOf(ours.map((each, index) => each / (bare[index] ?? Number.NaN)));
    console.log(`${scenario.padEnd(12)}  ${row(ours)}            ${row(bare)}    ${ratios?.median.toFixed(2)}`);
  }
}

function row(values: readonly number[]): string {
  const range = rangeOf(values);
  return range === null
    ? '-'
    : [range.median, range.min, range.max].map((ms) => `${(ms / 1_000).toFixed(2)} s`.padStart(8)).join('');
}

async function measureOurs(chosen: DrillOptions): Promise<number> {
  const { build, nft } = await tools();
  const network = await openNetwork({ kind: 'namespaces', tools: { nft } });
  try {
    const run = await runDrill({
      options: chosen,
      network,
      build,
      directory: sandboxWorkDirectory,
      live: liveLines(() => {}),
      signal: new AbortController().signal,
    });
    if (run.rtoMs === null || run.violations.length > 0)
      throw new Error(`${chosen.scenario}: ${run.violations.join('; ')}`);
    return run.rtoMs;
  } finally {
    await network.close();
  }
}

async function measureBare(chosen: DrillOptions): Promise<number> {
  const { build, nft } = await tools();
  const network = await openNetwork({ kind: 'namespaces', tools: { nft } });
  const { signal } = new AbortController();
  const ground = await startGround({ network, build, directory: sandboxWorkDirectory, semiSync: chosen.semiSync });
  try {
    const [primary] = ground.hosts;
    const server = ground.servers.get(topology.PRIMARY);
    if (primary === undefined || server === undefined) throw new Error('the lab has no primary');
    await network.assignAddress(ground.plan.vip, primary.name);
    const application = startWriter(ground.applicationHost, chosen.engine, {
      name: 'app',
      host: ground.plan.vip,
      dnsServer: null,
    });
    const loop = bareLoop(ground, chosen.engine, chosen, signal);
    await until('a steady application', WITHIN_MS, signal, () => (application.writes.length >= 20 ? true : undefined));
    const oldIdentity = application.writes[0]?.server ?? '';
    await delay(1_000 + Math.random() * chosen.intervalMs);
    const faultAtMs = Date.now();
    await SCENARIOS[chosen.scenario].inject({
      network,
      primary: { server, host: primary.name, volume: null },
      replicas: [],
      monitors: [],
      zone: '',
      otherHosts: [],
      monitorAccount: '',
      aws: null,
    });
    await loop;
    const first = await until(
      'a write on the new primary',
      WITHIN_MS,
      signal,
      () => firstOnNewPrimary(application.writes, oldIdentity) ?? undefined,
    );
    await application.stop(2_000);
    return first.doneAtMs - faultAtMs;
  } finally {
    await ground.close();
    await network.close();
  }
}
