/**
 * What the bench prints: a row for each number of clusters, how cost grows, and whether the goals hold.
 *
 * @module
 */
import { cpus, totalmem } from 'node:os';
import type { Figures } from './gauge.ts';
import { percentile } from './lateness.ts';

/** For a thousand clusters, by one process on one core. */
export const GOALS = { clusters: 1_000, latenessP99Ms: 100, rssMb: 256, cores: 1 } as const;

export interface Row {
  readonly clusters: number;
  readonly figures: Figures;
  /** Anything that makes the figures doubtful, and the figures in a line. */
  readonly told: string;
}

const MB = 1_048_576;
const HEADERS = [
  'clusters',
  'rounds/s',
  'late p50',
  'p99',
  'max',
  'gap p99',
  'RSS max',
  'CPU s/s',
  'µs/round',
  'connections',
  'table calls/s',
];

export function machine(): string {
  const all = cpus();
  const memoryGib = Math.round(totalmem() / 1_024 ** 3);
  return `${all.length} × ${all[0]?.model.trim() ?? 'processor'}, ${memoryGib} GiB, Node ${process.version}`;
}

export function rowOf(clusters: number, figures: Figures): Row {
  const doubts = [
    ...(figures.clusters === clusters ? [] : [`only ${figures.clusters} of ${clusters} clusters were watched`]),
    ...(figures.reconnects === 0 ? [] : [`${figures.reconnects} connections were made anew`]),
    ...(figures.skipped === 0 ? [] : [`${figures.skipped} rounds were left out`]),
    ...(figures.lines === 0 ? [] : [`${figures.lines} lines logged: ${figures.firstLines.join(' | ')}`]),
  ];
  return { clusters, figures, told: [cellsOf(clusters, figures).join('  '), ...doubts].join('\n  ') };
}

export function tableOf(rows: readonly Row[]): string {
  const lines = [HEADERS, ...rows.map(({ clusters, figures }) => cellsOf(clusters, figures))];
  const widths = HEADERS.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n');
}

function cellsOf(clusters: number, figures: Figures): readonly string[] {
  const { seconds, rounds, latenessMs, gapMs, connections } = figures;
  const calls = Object.entries(figures.calls).map(([name, count]) => `${name} ${(count / seconds).toFixed(1)}`);
  return [
    String(clusters),
    (rounds / seconds).toFixed(1),
    milliseconds(percentile(latenessMs, 0.5)),
    milliseconds(percentile(latenessMs, 0.99)),
    milliseconds(latenessMs.at(-1) ?? 0),
    milliseconds(percentile(gapMs, 0.99)),
    `${(figures.maxRssBytes / MB).toFixed(0)} MB`,
    (figures.processorSeconds / seconds).toFixed(3),
    microsecondsARound(figures).toFixed(0),
    String(connections),
    calls.join(', '),
  ];
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function microsecondsARound({ processorSeconds, rounds }: Figures): number {
  return (processorSeconds * 1_000_000) / Math.max(1, rounds);
}

/** How cost grows from the fewest clusters to the most, and whether the goals hold. */
export function growth(rows: readonly Row[]): string {
  const [least, most] = [rows[0], rows.at(-1)];
  if (least === undefined || most === undefined) return '';
  const lines: string[] = [];
  if (most.clusters > least.clusters) {
    const more = (value: (figures: Figures) => number) =>
      `× ${(value(most.figures) / Math.max(1e-9, value(least.figures))).toFixed(1)}`;
    const part = microsecondsARound(most.figures) / microsecondsARound(least.figures);
    lines.push(
      `from ${least.clusters} to ${most.clusters} clusters (× ${most.clusters / least.clusters}): ` +
        `processor ${more((each) => each.processorSeconds / each.seconds)}, memory ${more((each) => each.maxRssBytes)}; ` +
        `a round of one cluster costs × ${part.toFixed(2)}`,
    );
  }
  const aimed = rows.find(({ clusters }) => clusters === GOALS.clusters);
  if (aimed === undefined) return [...lines, `the goals are for ${GOALS.clusters} clusters: not measured`].join('\n');
  const { latenessMs, maxRssBytes, processorSeconds, seconds, rounds } = aimed.figures;
  const goals = [
    {
      what: `p99 of lateness under ${GOALS.latenessP99Ms} ms`,
      holds: percentile(latenessMs, 0.99) < GOALS.latenessP99Ms,
    },
    { what: `under ${GOALS.rssMb} MB`, holds: maxRssBytes < GOALS.rssMb * MB },
    { what: `on one core`, holds: processorSeconds / seconds < GOALS.cores },
    { what: `every round`, holds: rounds >= GOALS.clusters * (seconds - 1) },
  ];
  lines.push(
    `goals for ${GOALS.clusters}: ${goals.map(({ what, holds }) => `${what}: ${holds ? 'yes' : 'NO'}`).join('; ')}`,
  );
  return lines.join('\n');
}
