/**
 * `npm run bench:detection -- [SCENARIO …] [options of the drill]`: what monitors make of each fault, and how soon. Prints
 * a table in Markdown; `--json FILE` writes the runs. Exits with 1 if one was not as it must be.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openNetwork } from '../lab/net/open-network.ts';
import { enterSandbox, insideSandbox, probeNamespaces, sandboxWorkDirectory } from '../lab/net/sandbox.ts';
import { findEngine } from '../lab/packages/find-engine.ts';
import { findTool } from '../lab/packages/find-tool.ts';
import { runDrill } from '../lab/run/drill.ts';
import { liveLines } from '../lab/run/live.ts';
import { parseOptions, type DrillOptions } from '../lab/run/options.ts';
import { theoreticalDetectionMs } from '../lab/run/phases.ts';
import type { RunReport } from '../lab/run/report-schema.ts';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from '../lab/run/scenarios/catalogue.ts';
import { whatIsMissing } from '../lab/run/scenarios/needs.ts';
import type { Scenario } from '../lab/run/scenarios/scenario.ts';

interface Row {
  readonly scenario: ScenarioName;
  /** Detection of the loss when nothing costs anything, on average; null where nothing is lost. */
  readonly theoryMs: number | null;
  /** The run, or why there is none: one that broke off must not take the others with it. */
  readonly run: RunReport | { readonly brokeOff: string };
}

/** Verdicts on which a workflow is started. */
const CALLS: readonly string[] = ['dead', 'stalled', 'restarted'];

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const argv = process.argv.slice(2);
const firstOption = argv.findIndex((word) => word.startsWith('-'));
const names = firstOption < 0 ? argv : argv.slice(0, firstOption);
const flags = firstOption < 0 ? [] : argv.slice(firstOption);
// Each with the drill's own refusal of what can't be; before anything is started.
const chosen = (names.length > 0 ? names : SCENARIO_NAMES).map((name) => parseOptions(['--scenario', name, ...flags]));
if (insideSandbox()) {
  process.exit(await measure(chosen));
}
await programs(chosen[0]?.engine ?? 'mariadb');
process.exitCode = await enterSandbox(fileURLToPath(import.meta.url), argv, { support: await probeNamespaces() });

async function programs(engine: DrillOptions['engine']) {
  return { build: await findEngine(engine), nft: await findTool('nft') };
}

async function measure(all: readonly DrillOptions[]): Promise<number> {
  const rows: Row[] = [];
  for (const [index, options] of all.entries()) {
    const scenario: Scenario = SCENARIOS[options.scenario];
    const missing = whatIsMissing(scenario, { net: 'namespaces', semiSync: options.semiSync });
    const place = `${index + 1} of ${all.length}: ${options.scenario}`;
    if (missing !== null) {
      console.error(`${place}: skipped, as it needs ${missing}`);
      continue;
    }
    for (let n = 0; n < options.runs; n += 1) {
      const run = await runOnce(options).catch((error: unknown) => ({ brokeOff: String(error) }));
      console.error(`${place}: ${wrongIn(run).join('; ') || 'as it must be'}`);
      const theoryMs = scenario.leadsTo === 'failover' ? theoreticalDetectionMs(options, scenario.symptom) : null;
      rows.push({ scenario: options.scenario, theoryMs, run });
    }
  }
  console.log(tableOf(rows));
  const json = all[0]?.json ?? null;
  if (json !== null) await writeFile(json, `${JSON.stringify(rows, null, 2)}\n`);
  return rows.every(({ run }) => wrongIn(run).length === 0) ? 0 : 1;
}

function wrongIn(run: Row['run']): readonly string[] {
  return 'brokeOff' in run ? [`broke off: ${run.brokeOff}`] : run.violations;
}

async function runOnce(options: DrillOptions): Promise<RunReport> {
  const { build, nft } = await programs(options.engine);
  const network = await openNetwork({ kind: 'namespaces', tools: { nft } });
  try {
    return await runDrill({
      options,
      network,
      build,
      directory: sandboxWorkDirectory,
      live: liveLines(options.quiet ? () => {} : (line) => console.error(line)),
      signal: new AbortController().signal,
    });
  } finally {
    await network.close();
  }
}

function tableOf(rows: readonly Row[]): string {
  const columns = [
    'scenario',
    'must lead to',
    'led to',
    'first suspect',
    'called first',
    'called by most',
    'bound',
    'confirmed',
    'problems told',
    'false alarms',
  ];
  const lines = rows.map((each) =>
    'brokeOff' in each.run ? brokenOff(each, columns.length) : cellsOf(each, each.run),
  );
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(columns), row(columns.map(() => '---')), ...lines.map(row)].join('\n');
}

function cellsOf({ scenario, theoryMs }: Row, run: RunReport): readonly string[] {
  const { verdicts, confirmedMs, problems, falseAlarms } = run.detection;
  const called = verdicts.find(({ verdict }) => CALLS.includes(verdict));
  const majority = verdicts.find(({ verdict, majorityMs }) => CALLS.includes(verdict) && majorityMs !== null);
  const verdict = (name: string | undefined, ms: number | null | undefined) =>
    name === undefined || ms === undefined || ms === null ? '–' : `${name} ${seconds(ms)}`;
  return [
    scenario,
    run.expected,
    outcomeOf(run),
    seconds(verdicts.find((each) => each.verdict === 'suspect')?.firstMs ?? null),
    verdict(called?.verdict, called?.firstMs),
    verdict(majority?.verdict, majority?.majorityMs),
    seconds(theoryMs),
    seconds(confirmedMs),
    problems.join(', ') || '–',
    String(falseAlarms),
  ];
}

function brokenOff({ scenario, run }: Row, width: number): readonly string[] {
  return [scenario, '–', `**${wrongIn(run).join('; ')}**`, ...Array.from({ length: width - 3 }, () => '–')];
}

function outcomeOf({ newPrimary, oldPrimary, epoch, rtoMs, violations }: RunReport): string {
  const word = newPrimary !== oldPrimary ? 'failover' : epoch > 1 ? 'reopened' : 'no-change';
  const took = rtoMs === null ? '' : `, writes after ${seconds(rtoMs)}`;
  return violations.length === 0 ? `${word}${took}` : `**${violations.join('; ')}**`;
}

function seconds(ms: number | null): string {
  return ms === null ? '–' : `${(ms / 1_000).toFixed(2)} s`;
}
