/**
 * The report of a drill as people read it, with the time line of each failover drawn to scale.
 *
 * @module
 */
import type { Phases } from './phases.ts';
import type { DrillReport, RunReport } from './report-schema.ts';

const WIDTH = 60;
const PHASE_NAMES: readonly [keyof Phases, string][] = [
  ['detectMs', 'detect'],
  ['confirmMs', 'confirm'],
  ['planMs', 'plan'],
  ['fenceMs', 'fence'],
  ['settleMs', 'settle'],
  ['promoteMs', 'promote'],
  ['routeMs', 'route'],
  ['clientMs', 'client'],
];

const INVARIANTS: Readonly<Record<string, string>> = {
  1: 'no promotion without a proof',
  2: 'one execution per epoch',
  3: 'no acknowledged write lost',
  4: 'the route leads to a verified server',
  5: 'a failed switchover changes nothing',
  6: 'a halt changes nothing more',
  7: 'blind monitors change nothing',
  8: 'the journal tells the whole story',
};

export function renderRun(run: RunReport): string {
  const lines: string[] = [];
  const change = `${run.oldPrimary} → ${run.newPrimary}, epoch ${run.epoch}, route ${run.route}`;
  if (run.rtoMs !== null && run.newPrimary === run.oldPrimary) {
    lines.push(`RTO ${seconds(run.rtoMs)}   ${run.newPrimary} reopened, epoch ${run.epoch}`, '');
  } else if (run.rtoMs !== null) {
    lines.push(`RTO ${seconds(run.rtoMs)}   ${change}`, '');
    if (run.phases !== null) lines.push(...timeLine(run.phases, run.rtoMs), '');
  } else if (run.newPrimary === run.oldPrimary) {
    lines.push(`no failover: ${run.newPrimary} is the primary, epoch ${run.epoch}`, '');
  } else {
    lines.push(`no write acknowledged by the new primary: ${change}`, '');
  }
  lines.push(...detectionLines(run.detection));
  const { acknowledged, lost, unknown, duplicate } = run.writes;
  lines.push(`writes      ${acknowledged} acknowledged, ${lost} lost, ${unknown} unknown, ${duplicate} duplicate`);
  for (const proof of run.proofs) {
    const mark = proof.allowedPromotion ? '  ← allowed the promotion' : '';
    lines.push(`proof       ${proof.kind}, ${seconds(proof.atMs)} after the fault${mark}`);
  }
  if (run.execution !== null) {
    lines.push(`execution   ${run.execution.status}: ${wrap(run.execution.states.join(' → '), 12)}`);
  }
  for (const kill of run.kills) {
    lines.push(
      `killed      ${kill.when} ${kill.state}, ${seconds(kill.atMs)} after the fault, redriven ${Math.round(kill.tookMs)} ms later`,
    );
  }
  const { started, refused } = run.rivals;
  if (started > 0) lines.push(`rivals      ${started} operators started a failover, too; ${refused} were refused`);
  for (const { rule, requests } of run.awsFaults) lines.push(`AWS         ${rule}: ${requests} requests`);
  for (const [number, held] of Object.entries(run.invariants)) {
    const word = !held ? 'BROKEN' : run.exercised.includes(number) ? 'held' : 'not exercised';
    lines.push(`invariant ${number} ${word.padEnd(14)} ${INVARIANTS[number] ?? ''}`);
  }
  for (const violation of run.violations) lines.push(`VIOLATION   ${violation}`);
  return lines.join('\n');
}

export function renderSummary(report: DrillReport): string {
  const { runs, summary, theory } = report;
  const good = runs.filter((run) => run.violations.length === 0).length;
  const lines = [
    `${good} of ${runs.length} runs as they must be: ${report.scenario} on ${report.engine.name} ${report.engine.version}`,
  ];
  if (summary.rtoMs !== null && summary.overheadMs !== null) {
    const { median, min, max } = summary.rtoMs;
    lines.push(
      `RTO         median ${seconds(median)}, min ${seconds(min)}, max ${seconds(max)}`,
      `detection   takes ${seconds(theory.detectMs)} on average when nothing costs anything; all else added ${seconds(summary.overheadMs.median)} (median)`,
    );
    if (runs.length > 1) {
      for (const [key, name] of PHASE_NAMES) {
        const range = summary.phases[key];
        if (range === undefined) continue;
        lines.push(`  ${name.padEnd(10)}median ${ms(range.median)}  min ${ms(range.min)}  max ${ms(range.max)}`);
      }
    }
  }
  return lines.join('\n');
}

function detectionLines({ verdicts, startedMs, confirmedMs, problems, falseAlarms, sessions }: RunReport['detection']) {
  const lines = verdicts.map(({ verdict, firstMs, majorityMs }) => {
    const majority = majorityMs === null ? 'never most of them' : `most of them after ${seconds(majorityMs)}`;
    return `verdict     ${verdict.padEnd(10)} one monitor after ${seconds(firstMs)}, ${majority}`;
  });
  if (startedMs !== null) {
    const confirmed = confirmedMs === null ? 'not confirmed' : `confirmed after ${seconds(confirmedMs)}`;
    lines.push(`started     a workflow after ${seconds(startedMs)}, ${confirmed}`);
  }
  if (problems.length > 0) lines.push(`problems    ${problems.join(', ')}`);
  if (falseAlarms > 0) lines.push(`false alarms ${falseAlarms}`);
  if (sessions !== null) lines.push(`afterwards  at most ${sessions} connections of a monitor to a server`);
  return lines;
}

/** One row a phase, each bar where the phase was. Of phases that overlap, by clocks that disagree, the rest is cut off. */
function timeLine(phases: Phases, totalMs: number): string[] {
  let startMs = 0;
  const column = (atMs: number) => Math.min(WIDTH, Math.max(0, Math.round((atMs / totalMs) * WIDTH)));
  return PHASE_NAMES.map(([key, name]) => {
    const tookMs = phases[key];
    const from = column(startMs);
    const to = column(startMs + tookMs);
    startMs += tookMs;
    const bar = to > from ? ' '.repeat(from) + '█'.repeat(to - from) : `${' '.repeat(Math.min(from, WIDTH - 1))}▏`;
    return `  ${name.padEnd(8)}${ms(tookMs)}  ${bar}`;
  });
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(3)} s`;
}

function ms(milliseconds: number): string {
  return `${Math.round(milliseconds)} ms`.padStart(9);
}

function wrap(text: string, indent: number): string {
  const words = text.split(' → ');
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const next = line === '' ? word : `${line} → ${word}`;
    if (next.length > 90 && line !== '') {
      lines.push(`${line} →`);
      line = word;
    } else line = next;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
