/**
 * `npm run drill`: parses the words, gets the servers, enters a sandbox, runs, reports. Exits 0 only if every run was
 * as it must be; 1 if one was not; 2 for words that can't be used or a machine that can't do it; 130 after Ctrl-C.
 *
 * @module
 */
import { access, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderTimeline } from '../../bin/render/timeline.ts';
import { terminalOf } from '../../bin/render/text.ts';
import { messageOf } from '../../lib/core/errors.ts';
import type { JournalEvent } from '../../lib/core/journal.ts';
import { tellStory } from '../../lib/core/story/tell-story.ts';
import { openNetwork } from '../net/open-network.ts';
import { enterSandbox, insideSandbox, probeNamespaces } from '../net/sandbox.ts';
import { findEngine } from '../packages/find-engine.ts';
import { findTool } from '../packages/find-tool.ts';
import { plansAfterFirst, plansFromStart } from './kill-plan.ts';
import { liveLines } from './live.ts';
import { parseOptions, UsageError, type DrillOptions } from './options.ts';
import { theoreticalDetectionMs } from './phases.ts';
import { renderRun, renderSummary } from './render.ts';
import { reportOf, reportSchema, type DrillReport, type RunReport } from './report-schema.ts';
import { SCENARIOS } from './scenarios/catalogue.ts';
import { whatIsMissing } from './scenarios/needs.ts';
import { startSynthesizer, type Synthesizer } from './synthesis/synthesizer.ts';
import { openWorkDirectory } from './work-directory.ts';

const EXIT = { good: 0, violated: 1, impossible: 2, interrupted: 130 } as const;
const TITLES = { mariadb: 'MariaDB', mysql: 'MySQL' } as const;

// Advice of the SDK about this Node's age is no part of a drill.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const say = (line: string) => process.stdout.write(`${line}\n`);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const exitCode = error instanceof UsageError ? error.exitCode : EXIT.impossible;
  const stream = exitCode === EXIT.good ? process.stdout : process.stderr;
  stream.write(`${messageOf(error)}\n`);
  return exitCode;
});

async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  if (options.json !== null) await checkWritable(options.json);
  if (insideSandbox() || options.net === 'loopback') return drill(options);

  const support = await probeNamespaces();
  if (support.kind === 'none') {
    if (options.net === 'namespaces') throw new Error(`--net namespaces: ${support.reason}; use --net loopback`);
    say(`no network namespaces here (${support.reason}): using the loopback switch, which can't do every scenario`);
    return drill({ ...options, net: 'loopback' });
  }
  // Inside there is no way to a package mirror, so everything is fetched now.
  await programs(options);
  return enterSandbox(fileURLToPath(import.meta.url), argv, { support });
}

async function programs(options: DrillOptions) {
  const onProgress = (message: string) => say(message);
  const build = await findEngine(options.engine, { onProgress });
  const tools = options.net === 'loopback' ? {} : { nft: await findTool('nft', { onProgress }) };
  return { build, tools };
}

async function checkWritable(file: string): Promise<void> {
  await access(dirname(resolve(file))).catch(() => {
    throw new Error(`--json ${file}: there is no directory ${dirname(resolve(file))}; make it, or name another file`);
  });
}

async function drill(options: DrillOptions): Promise<number> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const directory = await openWorkDirectory();
  try {
    const report = await runAll(options, directory.path, interrupted.signal);
    if (options.json !== null) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    say(`\n${renderSummary(report)}`);
    return report.runs.every((run) => run.violations.length === 0) ? EXIT.good : EXIT.violated;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    say('interrupted; everything that the drill started is gone');
    return EXIT.interrupted;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await directory.close();
  }
}

async function runAll(options: DrillOptions, directory: string, signal: AbortSignal): Promise<DrillReport> {
  // What takes longest of a boot begins first.
  const synthesizer = startSynthesizer();
  try {
    return await runEach(options, directory, signal, synthesizer);
  } finally {
    await synthesizer.close();
  }
}

async function runEach(
  options: DrillOptions,
  directory: string,
  signal: AbortSignal,
  synthesizer: Synthesizer,
): Promise<DrillReport> {
  const { build, tools } = await programs(options);
  // Here, not above: the process outside the sandbox needs nothing of it, and would load it a second time.
  const { runDrill } = await import('./drill.ts');
  const kind = insideSandbox() ? 'namespaces' : 'loopback';
  const scenario = SCENARIOS[options.scenario];
  const here = { net: kind, semiSync: options.semiSync } as const;
  const missing = whatIsMissing(scenario, here);
  if (missing !== null) throw new Error(`--scenario ${options.scenario} needs ${missing}`);
  const unseen = options.blind > 0 ? whatIsMissing({ needs: ['namespaces'] }, here) : null;
  if (unseen !== null) throw new Error(`--blind ${options.blind} needs ${unseen}`);
  say(
    `${TITLES[options.engine]} ${build.version}: a primary and two replicas as hosts (${kind}), ${describe(options)}`,
  );
  const lasting = options.forMs === null ? '' : `, for ${options.forMs / 1_000} s`;
  say(`scenario ${options.scenario}: ${scenario.sentence}${lasting}`);

  const runs: RunReport[] = [];
  const plans = plansFromStart(options);
  for (let n = 1; n <= plans.length; n += 1) {
    const kills = plans[n - 1] ?? null;
    const where = kills?.states.size === 1 ? `, killed ${kills.when} ${[...kills.states].join()}` : '';
    say(`\n── run ${n} of ${plans.length}${where} ${'─'.repeat(60)}`);
    const live = liveLines(options.quiet ? () => {} : say);
    const network = await openNetwork({ kind, tools });
    try {
      let journal: readonly JournalEvent[] = [];
      const onJournal = (events: readonly JournalEvent[]) => (journal = events);
      const begun = n === 1 ? { synthesizer } : {};
      const run = await runDrill({ options, kills, network, build, directory, ...begun, live, onJournal, signal });
      say(`\n${renderRun(run)}`);
      const story = options.story ? tellStory(journal) : null;
      if (story !== null) say(`\n${renderTimeline(story, terminalOf(process.stdout, process.env))}`);
      runs.push(run);
      if (n === 1) plans.push(...plansAfterFirst(options, run.execution?.states ?? []));
    } finally {
      await network.close();
    }
  }
  return reportSchema.parse(
    reportOf({
      scenario: options.scenario,
      engine: { name: options.engine, version: build.version },
      net: kind,
      settings: {
        intervalMs: options.intervalMs,
        timeoutMs: options.timeoutMs,
        failures: options.failures,
        semiSync: options.semiSync,
        apiLatency: options.apiLatency,
        stopTimeMs: options.stopTimeMs,
        writeDeadlineSeconds: options.writeDeadlineSeconds,
        forMs: options.forMs,
        blindMonitors: options.blind,
        failVip: options.failVip,
        kill: options.kill,
        throttle: options.throttle,
        loseResponses: options.loseResponses,
        staleReadsMs: options.staleReadsMs,
        rivals: options.rivals,
      },
      detectMs: theoreticalDetectionMs(options, scenario.symptom),
      runs,
    }),
  );
}

function describe(options: DrillOptions): string {
  const { intervalMs, failures, semiSync, blind } = options;
  const sight = blind === 0 ? 'three monitors' : `three monitors of which ${blind} blind`;
  return `${sight}, a probe each ${intervalMs} ms, ${failures} failures, semi-sync ${semiSync}`;
}
