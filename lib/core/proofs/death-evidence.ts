/**
 * Gathers the evidence for `dead-and-boots-read-only` from what monitors wrote down anyway: nothing more is asked of
 * anybody, so no other way to a proof becomes slower by it.
 *
 * Replicas are judged by the votes that confirmed the death as well as by those of this moment: since then Revoke acks
 * has stopped their receivers, and one that is stopped no longer tells whether it was cut.
 *
 * @module
 */
import { ballotsOf, roundsMs, type BallotInput } from '../ballot.ts';
import type { BootsReadOnly } from '../boots-read-only.ts';
import type { Vote, Witness } from '../observation.ts';
import type { DeadAndBootsReadOnly } from './dead-and-boots-read-only.ts';

export interface DeathInput extends BallotInput {
  /** The votes on which the change was confirmed, and when by the reader's clock; null when they are not at hand. */
  readonly confirmed: { readonly votes: readonly Vote[]; readonly atMs: number } | null;
  readonly bootsReadOnly: BootsReadOnly;
}

/** What can be said now; whether it suffices is for `judgeFence`. */
export function deathEvidence(input: DeathInput): DeadAndBootsReadOnly {
  const { cluster, state, confirmed } = input;
  const replicas = cluster.nodes.map((node) => node.id).filter((id) => id !== state.primary);
  const now = refusedVotes(input);
  const then = confirmed === null ? [] : refusedVotes({ ...input, votes: confirmed.votes, nowMs: confirmed.atMs });
  const cut = new Set(
    [...now, ...then].flatMap((vote) =>
      vote.witnesses.filter((each) => wasCut(each, vote, roundsMs(cluster.detection))).map((each) => each.nodeId),
    ),
  );
  return {
    kind: 'dead-and-boots-read-only',
    refusals: now.map(({ monitor, availabilityZone, refusedForMs }) => ({
      monitor,
      availabilityZone,
      forMs: refusedForMs,
    })),
    replicas,
    cut: replicas.filter((id) => cut.has(id)),
    bootsReadOnly: input.bootsReadOnly,
  };
}

type RefusedVote = Vote & { readonly refusedForMs: number };

/** Votes that count, of monitors whose kept connections the primary has ended and which it refuses since. */
function refusedVotes(input: BallotInput): readonly RefusedVote[] {
  return ballotsOf(input).flatMap((ballot) => {
    if (!ballot.counts || ballot.vote.verdict !== 'dead' || ballot.vote.refusedForMs === null) return [];
    return [{ ...ballot.vote, refusedForMs: ballot.vote.refusedForMs }];
  });
}

/**
 * Whether a replica has lost its connection together with the monitor that asked it. One that was silent for longer may
 * have given up by itself; of one that was never heard, or does not try, nothing can be told.
 */
function wasCut({ reachable, receiver, silentMs }: Witness, vote: Vote, toleranceMs: number): boolean {
  if (!reachable || receiver !== 'connecting' || silentMs === null || vote.sinceMs === null) return false;
  return silentMs <= vote.atMs - vote.sinceMs + toleranceMs;
}
