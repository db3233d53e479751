/**
 * Whether an invocation of a monitor watches now, waits, or leaves. The scheduler starts one each minute, late by up to a
 * minute, at times twice, at times not at all; one alone may probe, and somebody always should.
 *
 * - A holder that lives is left alone, and who comes leaves as soon as it has seen that it lives: a holder that was
 *   killed a moment ago is noticed by this invocation and not by the next.
 * - A holder that ends soon is relieved by the first that comes, at once: it need not be paid for until then. "Soon" is
 *   longer than the longest time between two invocations when one of them was missed.
 * - A holder with another configuration is relieved too, so that a deployment is in force within a minute or two.
 *
 * @module
 */
import { MAX_CLOCK_SKEW_MS } from './ballot.ts';
import type { Pulse } from './pulse.ts';

/**
 * A holder that ends within this is relieved, in milliseconds: two invocations are less than two minutes apart, as each
 * is up to a minute late, and less than three when the scheduler missed one between them.
 */
export const RELIEVED_WITHIN_MS = 180_000;
/** A pulse younger than this shows that its holder lives, in milliseconds. */
export const JUST_SEEN_MS = 1_000;
/**
 * A lease that has run out is taken after it was seen unchanged for this long, in milliseconds. While the table was out
 * of reach nobody could renew: a holder that lives tries again each second, and is let go first.
 */
export const UNCHANGED_MS = 2_000;

export type TurnDecision =
  /** Nobody has the seat. */
  | 'take'
  /** Ask the holder to make room. */
  | 'ask'
  /** It was asked, and will. */
  | 'stand-by'
  /** Nobody knows yet whether the holder lives. */
  | 'wait'
  /** The holder lives, and goes on. */
  | 'leave';

export interface TurnInput {
  /** Who decides: the name of its invocation. */
  readonly self: string;
  /** The configuration that it works by. */
  readonly revision: string;
  /** What stands in the table; null when nobody ever had the seat. */
  readonly pulse: Pulse | null;
  /** For how long this very pulse was seen, by the watch of who decides, in milliseconds. */
  readonly unchangedForMs: number;
  /** Whether another one was seen before it: its holder lives. */
  readonly hasBeaten: boolean;
  readonly nowMs: number;
}

export function judgeTurn(input: TurnInput): TurnDecision {
  const { self, revision, pulse, unchangedForMs, hasBeaten, nowMs } = input;
  if (pulse === null || pulse.releasedAtMs !== null) return 'take';
  // By the later of two clocks, or one that is early would take the seat of a holder that lives.
  const hasRunOut = nowMs > pulse.untilMs + MAX_CLOCK_SKEW_MS;
  if (hasRunOut && unchangedForMs >= UNCHANGED_MS) return 'take';
  const isDue = pulse.endsAtMs - nowMs <= RELIEVED_WITHIN_MS || pulse.revision !== revision;
  if (isDue && pulse.relief === self) return 'stand-by';
  if (isDue && pulse.relief === null) return 'ask';
  return hasBeaten || Math.abs(nowMs - pulse.atMs) < JUST_SEEN_MS ? 'leave' : 'wait';
}
