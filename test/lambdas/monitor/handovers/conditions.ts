/**
 * What invocations of a monitor have to live with, drawn from a seed: the same seed gives the same hours.
 *
 * @module
 */
import { MAX_CLOCK_SKEW_MS } from '../../../../lib/core/ballot.ts';

export const MINUTE_MS = 60_000;

export interface Conditions {
  readonly hours: number;
  readonly seed: number;
  /** Part of the minutes for which the scheduler starts two invocations. */
  readonly duplicates: number;
  /** Part of the minutes for which it starts none; never of two in a row. */
  readonly missed: number;
  /** How many holders are killed an hour, on average, without a word to anybody. */
  readonly killsAnHour: number;
  /** How often the table is out of reach for everybody, a day, on average: for 5 s to a minute. */
  readonly outagesADay: number;
}

export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Times are milliseconds since the beginning. */
export interface Hours {
  readonly arrivals: readonly { readonly atMs: number; readonly skewMs: number }[];
  readonly killsAtMs: readonly number[];
  readonly outages: readonly Interval[];
}

/** Loading a function takes up to this, in milliseconds. */
const COLD_START_MS = 1_500;
/** Any two clocks differ by no more than the bound. */
const SKEW_MS = MAX_CLOCK_SKEW_MS / 2;

export function hoursOf({ hours, seed, duplicates, missed, killsAnHour, outagesADay }: Conditions): Hours {
  const random = randomOf(seed);
  const between = (from: number, to: number) => Math.round(from + random() * (to - from));
  const lastMs = hours * 60 * MINUTE_MS;
  const moments = (anHour: number) =>
    Array.from({ length: Math.round(anHour * hours) }, () => between(MINUTE_MS, lastMs)).sort((a, b) => a - b);
  const arrivals: { atMs: number; skewMs: number }[] = [];
  let wasMissed = false;
  for (let minuteMs = 0; minuteMs < lastMs; minuteMs += MINUTE_MS) {
    wasMissed = !wasMissed && minuteMs > 0 && random() < missed;
    const count = wasMissed ? 0 : random() < duplicates ? 2 : 1;
    for (let each = 0; each < count; each += 1) {
      // The scheduler is late by anything up to a minute.
      arrivals.push({
        atMs: minuteMs + between(0, MINUTE_MS) + between(0, COLD_START_MS),
        skewMs: between(-SKEW_MS, SKEW_MS),
      });
    }
  }
  return {
    arrivals: arrivals.sort((a, b) => a.atMs - b.atMs),
    killsAtMs: moments(killsAnHour),
    outages: moments(outagesADay / 24).map((fromMs) => ({ fromMs, toMs: fromMs + between(5_000, MINUTE_MS) })),
  };
}

/** How long calls of the table take, in milliseconds: some much longer than most. */
export function latencyOf(seed: number): () => number {
  const random = randomOf(seed ^ 0x5bd1e995);
  return () => (random() < 0.01 ? 40 : 3 + Math.round(random() * 12));
}

/** mulberry32: small, and good enough for this. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
