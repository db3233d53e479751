/**
 * The election as the steps hold it: on what they observed, and what the votes say of the old primary.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import { elect, type Elected } from '../../lib/core/elect.ts';
import { primarySight } from '../../lib/core/election/primary-sight.ts';
import { PromotionRefused } from '../../lib/core/errors.ts';
import type { NodeObservation, Vote } from '../../lib/core/observation.ts';
import type { ClusterState } from '../../lib/core/state.ts';

export interface ElectionSource {
  readonly cluster: ClusterConfig;
  readonly oldPrimary: string;
  /** Every other node, as just seen. */
  readonly observations: readonly NodeObservation[];
  readonly votes: readonly Vote[];
  /** The record, read under the lock: who was nominated stays until the change is over. */
  readonly state: Pick<ClusterState, 'nominee' | 'fenced' | 'promotedAt'>;
}

/**
 * Whether the nominee is the old primary itself, whose reopening broke off. It may be writable, or become so; but it is the
 * very server that the fence is about, and Prove fence takes no other proof than its instance stopped then.
 */
export function isReopened({ nominee }: Pick<ClusterState, 'nominee'>, oldPrimary: string): boolean {
  return nominee?.nodeId === oldPrimary;
}

/** @throws PromotionRefused with what is known and what a person can do */
export function electFrom({ votes, state, ...seen }: ElectionSource): Elected {
  const lastSeen = primarySight(votes, seen.oldPrimary, seen.cluster.engine);
  const { fenced, promotedAt } = state;
  const nominee = isReopened(state, seen.oldPrimary) ? null : state.nominee;
  const election = elect({ ...seen, lastSeen, nominee, fenced, promotedAt });
  if (!election.elected) throw new PromotionRefused(election.because);
  return election;
}
