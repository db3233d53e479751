/**
 * A monitor's vote on one cluster: written at once when it says something new, in each round while it says `dead`, now
 * and then while it calls for another change, and else not at all: the pulse keeps it standing.
 *
 * @module
 */
import { VOTE_REPEAT_MS } from '../../lib/core/ballot.ts';
import type { ClusterConfig } from '../../lib/core/config.ts';
import { CloudError } from '../../lib/core/errors.ts';
import { CALLS_FOR_CHANGE, type Vote } from '../../lib/core/observation.ts';
import { witnessSilenceMs } from '../../lib/core/veto.ts';
import type { WatchContext } from './context.ts';

/** A vote as its monitor has it, before it is cast. */
export type Ballot = Omit<Vote, 'term' | 'standsAtMs'>;

/**
 * Writes a vote if it is due. Once it has answered, the table holds what the vote says, and not before: the pulse must
 * not confirm a vote that another was to replace. Rejects with `CloudError`.
 */
export type Voter = (ballot: Ballot) => Promise<void>;

export function voter(cluster: ClusterConfig, { term, state, log }: WatchContext): Voter {
  const boundMs = witnessSilenceMs(cluster.detection);
  /** What stands in the table, as far as is known: nothing after a writing whose end is unknown. */
  let standing: Standing | null = null;
  let told: Vote['verdict'] | null = null;

  return async (ballot) => {
    const vote: Vote = { ...ballot, term: term.id, standsAtMs: ballot.atMs };
    const decisive = decisiveOf(vote);
    if (standing !== null && !isDue(vote, decisive, standing, boundMs)) return;
    if (vote.verdict !== told) {
      log(
        `${vote.cluster}: ${vote.primary} is ${vote.verdict} (${vote.failures} failures, ${vote.failure ?? 'answers'})`,
      );
      told = vote.verdict;
    }
    // Who takes over writes its own votes, and one of a term that is over would only undo them.
    if (!term.holds()) throw new CloudError('the lease has run out and could not be renewed, so it does not vote');
    standing = null;
    await state.vote(vote);
    standing = { vote, decisive };
  };
}

/** With what `decisiveOf` says of it: it is compared in each round. */
interface Standing {
  readonly vote: Vote;
  readonly decisive: string;
}

function isDue(vote: Vote, decisive: string, before: Standing, boundMs: number): boolean {
  if (vote.verdict === 'dead' || decisive !== before.decisive) return true;
  if (vote.atMs - before.vote.atMs < VOTE_REPEAT_MS) return false;
  return CALLS_FOR_CHANGE.includes(vote.verdict) || describingOf(vote, boundMs) !== describingOf(before.vote, boundMs);
}

/** What others decide by, and what a failover has to know of a primary that is gone. */
function decisiveOf({ verdict, epoch, primary, identity, semiSync, acknowledging, bootsReadOnly }: Vote): string {
  return JSON.stringify([verdict, epoch, primary, identity, semiSync, acknowledging, bootsReadOnly]);
}

/** What may change often: it need not be known at once, but a veto must not stand that its witness no longer has. */
function describingOf({ failure, witnesses }: Vote, boundMs: number): string {
  const hearing = witnesses.map(({ nodeId, reachable, receiver, silentMs }) => [
    nodeId,
    reachable,
    receiver,
    // Of one that nobody has known for long, as the veto takes it.
    silentMs === null || silentMs < boundMs,
  ]);
  return JSON.stringify([failure, hearing]);
}
