/**
 * A monitor's vote on one cluster: written at once when it says something new, in each round while the primary is
 * missed, else now and then.
 *
 * @module
 */
import { VOTE_REPEAT_MS } from '../../lib/core/ballot.ts';
import type { Vote } from '../../lib/core/observation.ts';
import type { MonitorContext } from './context.ts';

/** Writes a vote if it is due. Rejects with `CloudError`. */
export type Voter = (vote: Vote) => Promise<void>;

export function voter(context: MonitorContext): Voter {
  let before: Vote | null = null;
  return async (vote) => {
    if (!isDue(vote, before)) return;
    if (vote.verdict !== before?.verdict) {
      context.log(
        `${vote.cluster}: ${vote.primary} is ${vote.verdict} (${vote.failures} failures, ${vote.failure ?? 'answers'})`,
      );
    }
    await context.state.vote(vote);
    before = vote;
  };
}

function isDue(vote: Vote, before: Vote | null): boolean {
  if (before === null || vote.verdict === 'dead') return true;
  if (vote.verdict !== before.verdict || vote.epoch !== before.epoch || vote.primary !== before.primary) return true;
  return vote.atMs - before.atMs >= VOTE_REPEAT_MS;
}
