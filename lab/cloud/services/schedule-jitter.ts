/**
 * @module How a scheduler keeps its times: late, twice, or not at all.
 *
 * EventBridge Scheduler delivers within the minute that it names, at least once, and says nothing of one that it lost.
 */

/** For each time at which a schedule is due: how much later it is delivered, once for each delivery, in milliseconds. */
export type ScheduleJitter = () => readonly number[];

/** Each time at once and once. */
export const PUNCTUAL: ScheduleJitter = () => [0];

export interface JitterOptions {
  readonly seed: number;
  /** The latest that a delivery may be, in milliseconds.  @default - a minute */
  readonly latestMs?: number;
  /** Part of the times that are delivered twice.  @default - 5 % */
  readonly duplicates?: number;
  /** Part of the times that are not delivered, never two in a row.  @default - 5 % */
  readonly missed?: number;
}

/** The same seed gives the same delays, in the order in which they are asked for. */
export function seededJitter({
  seed,
  latestMs = 60_000,
  duplicates = 0.05,
  missed = 0.05,
}: JitterOptions): ScheduleJitter {
  const random = randomOf(seed);
  let wasMissed = false;
  return () => {
    wasMissed = !wasMissed && random() < missed;
    if (wasMissed) return [];
    const delay = () => Math.floor(random() * latestMs);
    return random() < duplicates ? [delay(), delay()] : [delay()];
  };
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
