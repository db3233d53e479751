/**
 * Waits for the turn of an invocation (lib/core/turn.ts): it takes the seat of its monitor, or leaves.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import { LEASE_MS, type Pulse, type Seat } from '../../lib/core/pulse.ts';
import { judgeTurn, type TurnDecision } from '../../lib/core/turn.ts';
import type { MonitorContext } from './context.ts';
import { RESERVE_MS } from './lease.ts';
import { revisionOf } from './revision.ts';

/** How often it looks, in milliseconds: who stands by must not add much to the gap. */
const LOOK_EVERY_MS: Readonly<Record<Exclude<TurnDecision, 'take' | 'leave'>, number>> = {
  ask: 0,
  'stand-by': 50,
  wait: 250,
};
/** While the table is out of reach it tries so often, in milliseconds, and gives up for the next invocation to try. */
const RETRY_MS = 1_000;
const GIVE_UP_AFTER_MS = 60_000;

export interface Candidate extends Seat {
  /** Name of the invocation. */
  readonly id: string;
  readonly remainingMs: () => number;
  /** It will take over soon: what can be done ahead, should be. */
  readonly onStandBy: () => void;
}

/** The pulse by which it took the seat; null when another has it. Rejects with `CloudError`. */
export async function takeTurn(candidate: Candidate, context: MonitorContext): Promise<Pulse | null> {
  const { clock, state, log } = context;
  const revision = revisionOf(context.config);
  const cameAtMs = clock.now();
  /** What is seen in the table, and since when; null while the table is out of reach. */
  let sight: { readonly pulse: Pulse | null; readonly sinceMs: number } | null = null;
  let hasBeaten = false;

  const step = async (): Promise<Pulse | number | null> => {
    const pulse = await state.pulse(candidate);
    // A taking whose answer was lost.
    if (pulse?.term === candidate.id) return pulse;
    const nowMs = clock.now();
    if (sight === null || !isSame(sight.pulse, pulse)) {
      hasBeaten ||= sight !== null;
      sight = { pulse, sinceMs: nowMs };
    }
    const unchangedForMs = nowMs - sight.sinceMs;
    const decision = judgeTurn({ self: candidate.id, revision, pulse, unchangedForMs, hasBeaten, nowMs });
    if (decision === 'leave') return null;
    if (decision === 'take') {
      const taken = seatTaken(pulse, candidate, revision, nowMs);
      return (await state.takeSeat(taken, pulse)) ? taken : 0;
    }
    if (decision === 'ask' && pulse !== null && (await state.askRelief(pulse, candidate.id))) candidate.onStandBy();
    return LOOK_EVERY_MS[decision];
  };

  while (candidate.remainingMs() > RESERVE_MS) {
    try {
      const next = await step();
      if (typeof next !== 'number') return next;
      await clock.sleep(next);
    } catch (error) {
      if (clock.now() - cameAtMs > GIVE_UP_AFTER_MS) throw error;
      log(`could not look whose turn it is: ${messageOf(error)}`);
      // Nobody could renew meanwhile: what is seen next is seen anew.
      sight = null;
      await clock.sleep(RETRY_MS);
    }
  }
  return null;
}

function isSame(a: Pulse | null, b: Pulse | null): boolean {
  return a?.term === b?.term && a?.atMs === b?.atMs;
}

/**
 * The grid of rounds goes on where the one before left it, by the clock of the one that takes over: the moment at which
 * it sees the seat released is taken for the moment at which the other stopped, so that each cluster waits for an
 * interval and as long as the handing over took, however the two clocks differ.
 */
function seatTaken(before: Pulse | null, candidate: Candidate, revision: string, nowMs: number): Pulse {
  const { monitor, shard, id } = candidate;
  const stoppedAtMs = before?.releasedAtMs ?? null;
  return {
    monitor,
    shard,
    term: id,
    atMs: nowMs,
    untilMs: nowMs + LEASE_MS,
    endsAtMs: nowMs + candidate.remainingMs() - RESERVE_MS,
    releasedAtMs: null,
    revision,
    anchorMs: before === null || stoppedAtMs === null ? nowMs : before.anchorMs + (nowMs - stoppedAtMs),
    unwatched: [],
    relief: null,
    before: before === null ? null : { term: before.term, atMs: before.atMs, unwatched: before.unwatched },
  };
}
