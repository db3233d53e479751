/**
 * What hours of a monitor show: the gaps between the last round of an invocation and the first of the next, what each of
 * them may be at most, and whether two ever looked at once.
 *
 * @module
 */
import { MAX_CLOCK_SKEW_MS } from '../../../../lib/core/ballot.ts';
import { LEASE_MS } from '../../../../lib/core/pulse.ts';
import { JUST_SEEN_MS, UNCHANGED_MS } from '../../../../lib/core/turn.ts';
import type { Course, Beat } from './simulation.ts';

/** What a handover may add to the interval, in milliseconds. */
export const HANDOVER_MS = 200;

/**
 * `handed-over`: one left, and the next had come. `killed`: the one before was killed. `out-of-reach`: the table was,
 * while it was to be handed over.
 */
export type GapKind = 'handed-over' | 'killed' | 'out-of-reach';

export interface Gap {
  readonly kind: GapKind;
  readonly fromMs: number;
  readonly gapMs: number;
  /** The most that it may be. */
  readonly boundMs: number;
}

export interface Findings {
  readonly gaps: readonly Gap[];
  /** The longest time between two rounds of one invocation, in milliseconds. */
  readonly longestWithinMs: number;
  /** Rounds of an invocation after one that came later had begun. */
  readonly overlaps: readonly Beat[];
}

/** @param intervalMs of the clusters */
export function judge(course: Course, intervalMs: number): Findings {
  const gaps: Gap[] = [];
  const overlaps: Beat[] = [];
  let longestWithinMs = 0;
  const latest = new Map<number, Beat>();
  const gone = new Set<string>();
  let current = course.beats[0]?.term;
  for (const beat of course.beats) {
    if (beat.term !== current) {
      if (gone.has(beat.term)) overlaps.push(beat);
      if (current !== undefined) gone.add(current);
      current = beat.term;
    }
    const before = latest.get(beat.cluster);
    latest.set(beat.cluster, beat);
    if (before === undefined) continue;
    if (before.term === beat.term) longestWithinMs = Math.max(longestWithinMs, beat.atMs - before.atMs);
    else gaps.push(gapOf(before, beat, course, intervalMs));
  }
  return { gaps, longestWithinMs, overlaps };
}

/** Gaps that are longer than they may be. */
export function tooLong({ gaps }: Findings): readonly Gap[] {
  return gaps.filter((gap) => gap.gapMs > gap.boundMs);
}

function gapOf(before: Beat, beat: Beat, course: Course, intervalMs: number): Gap {
  const gapMs = beat.atMs - before.atMs;
  const of = (kind: GapKind, boundMs: number): Gap => ({ kind, fromMs: before.atMs, gapMs, boundMs });
  const outages = course.outages.filter(({ fromMs, toMs }) => fromMs <= beat.atMs && toMs >= before.atMs - LEASE_MS);
  const killedAtMs = course.killed.get(before.term);
  const isKilled = killedAtMs !== undefined && killedAtMs <= beat.atMs;
  // Who comes after a moment in which it would seem to have just beaten takes over when its lease has run out.
  const sinceMs = (isKilled ? killedAtMs : before.atMs) + JUST_SEEN_MS + MAX_CLOCK_SKEW_MS;
  const next = course.arrivals.find(({ atMs }) => atMs >= sinceMs);
  const takenAtMs = (next?.atMs ?? Infinity) + LEASE_MS + 2 * MAX_CLOCK_SKEW_MS + UNCHANGED_MS;
  const replacedMs = takenAtMs - before.atMs + intervalMs + HANDOVER_MS;
  if (outages.length > 0) {
    // As after a kill, and as long again as nobody could be replaced.
    return of(
      'out-of-reach',
      replacedMs + outages.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0) + LEASE_MS,
    );
  }
  return isKilled ? of('killed', replacedMs) : of('handed-over', intervalMs + HANDOVER_MS);
}
