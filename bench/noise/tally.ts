/**
 * What many stretches amount to, and how it is told.
 *
 * @module
 */
import { percentile } from '../scale/lateness.ts';
import type { DetectionConfig } from '../../lib/core/config.ts';
import type { Found } from './judge.ts';
import type { NoiseKind, Script } from './script.ts';
import type { StretchResult } from './stretch.ts';
import { boundOf } from './theory.ts';

/** A stretch that went wrong, and how to see it again. */
export interface Wrong {
  readonly hour: number;
  readonly index: number;
  readonly what: string;
}

export interface Tally {
  hours: number;
  stretches: number;
  /** Executions that were started and not confirmed. */
  standDowns: number;
  /** Primaries that were started again and stayed closed. */
  leftClosed: number;
  readonly noise: Record<string, number>;
  /** Times of detection by loss, in milliseconds: with nothing else going on, and in noise. */
  readonly alone: Record<string, number[]>;
  readonly inNoise: Record<string, number[]>;
  readonly wrong: Wrong[];
}

export function emptyTally(): Tally {
  return { hours: 0, stretches: 0, standDowns: 0, leftClosed: 0, noise: {}, alone: {}, inNoise: {}, wrong: [] };
}

export function count(
  tally: Tally,
  script: Script,
  { ending, standDowns }: StretchResult,
  at: { hour: number; index: number },
): void {
  tally.stretches += 1;
  tally.standDowns += standDowns;
  for (const { kind } of script.noise) tally.noise[kind] = (tally.noise[kind] ?? 0) + 1;
  switch (ending.kind) {
    case 'quiet':
      return;
    case 'left-closed':
      tally.leftClosed += 1;
      return;
    case 'found': {
      const others = script.noise.filter(({ kind }) => kind !== ending.loss);
      const times = others.length === 0 ? tally.alone : tally.inNoise;
      (times[ending.loss] ??= []).push(ending.detectMs);
      return;
    }
    case 'false':
      tally.wrong.push({ ...at, what: `a primary that did its work was to be replaced as ${ending.as}` });
      return;
    case 'missed':
      tally.wrong.push({ ...at, what: `a loss was not found: ${ending.death}` });
      return;
    case 'broken':
      tally.wrong.push({ ...at, what: ending.why });
      return;
    default:
      ending satisfies never;
  }
}

export function add(all: Tally, part: Tally): void {
  all.hours += part.hours;
  all.stretches += part.stretches;
  all.standDowns += part.standDowns;
  all.leftClosed += part.leftClosed;
  for (const [kind, number] of Object.entries(part.noise)) all.noise[kind] = (all.noise[kind] ?? 0) + number;
  for (const [loss, times] of Object.entries(part.alone)) all.alone[loss] = [...(all.alone[loss] ?? []), ...times];
  for (const [loss, times] of Object.entries(part.inNoise))
    all.inNoise[loss] = [...(all.inNoise[loss] ?? []), ...times];
  all.wrong.push(...part.wrong);
}

export const NOISES: readonly NoiseKind[] = [
  'pause',
  'loss',
  'zone-loss',
  'load',
  'restart',
  'blind',
  'monitor-death',
  'partition',
  'disk-stall',
];
const LOSSES: readonly Found[] = ['crash', 'hang', 'power', 'zone', 'stall', 'restart', 'partition'];

export function report(tally: Tally, detection: DetectionConfig): string {
  const found = LOSSES.map((loss) => (tally.alone[loss]?.length ?? 0) + (tally.inNoise[loss]?.length ?? 0));
  const deaths = found.slice(0, LOSSES.indexOf('restart')).reduce((sum, each) => sum + each, 0);
  const wrongly = (word: string) => tally.wrong.filter(({ what }) => what.includes(word)).length;
  return [
    `${tally.hours} hours, ${tally.stretches} busy stretches`,
    `noise: ${NOISES.map((kind) => `${kind} ${tally.noise[kind] ?? 0}`).join(', ')}`,
    `false failovers: ${wrongly('did its work')}; started and stood down: ${tally.standDowns}`,
    `deaths found: ${deaths}, missed: ${wrongly('not found')}; besides: ${LOSSES.slice(LOSSES.indexOf('restart'))
      .map((loss) => `${loss} ${(tally.alone[loss]?.length ?? 0) + (tally.inNoise[loss]?.length ?? 0)}`)
      .join(', ')}; restarted and left to people: ${tally.leftClosed}`,
    '',
    row(['from the loss to its confirmation', 'in theory', 'number', 'p50', 'p90', 'p99', 'max', 'within']),
    ...LOSSES.flatMap((loss) => [
      ...rowOf(loss, 'alone', tally.alone[loss], detection),
      ...rowOf(loss, 'in noise', tally.inNoise[loss], detection),
    ]),
    ...LOSSES.flatMap((loss) => histogram(loss, [...(tally.alone[loss] ?? []), ...(tally.inNoise[loss] ?? [])])),
  ].join('\n');
}

function rowOf(loss: Found, where: string, times: readonly number[] | undefined, detection: DetectionConfig): string[] {
  if (times === undefined || times.length === 0) return [];
  const { leastMs, mostMs } = boundOf(loss, detection);
  const sorted = times.toSorted((a, b) => a - b);
  const within = sorted.filter((each) => each <= mostMs).length / sorted.length;
  return [
    row([
      `${loss}, ${where}`,
      `${seconds(leastMs)} to ${seconds(mostMs)}`,
      String(sorted.length),
      ...[0.5, 0.9, 0.99].map((part) => seconds(percentile(sorted, part))),
      seconds(sorted.at(-1) ?? 0),
      `${(within * 100).toFixed(1)} %`,
    ]),
  ];
}

function row([first = '', ...cells]: readonly string[]): string {
  return [first.padEnd(34), ...cells.map((cell, index) => cell.padStart(index === 0 ? 18 : 8))].join(' ');
}

const BUCKET_MS = 500;
const BAR = 50;
const BUCKETS = 24;

function histogram(loss: Found, times: readonly number[]): string[] {
  if (times.length === 0) return [];
  const least = Math.floor(times.reduce((a, b) => Math.min(a, b), Infinity) / BUCKET_MS);
  const counts = Array.from({ length: BUCKETS }, () => 0);
  for (const each of times) {
    const bucket = Math.min(BUCKETS - 1, Math.floor(each / BUCKET_MS) - least);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const last = counts.findLastIndex((each) => each > 0);
  return [
    '',
    `${loss}:`,
    ...counts.slice(0, last + 1).map((each, index) => {
      const from = seconds((least + index) * BUCKET_MS);
      const label = index === BUCKETS - 1 ? `${from} and more` : from;
      return `${label.padStart(16)} ${String(each).padStart(6)} ${'#'.repeat(Math.ceil((each / most) * BAR))}`;
    }),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
