/**
 * Whether another primary would fare better than one that answers and takes no write.
 *
 * With semi-sync a commit waits for acknowledgements. If the replicas that should give them are gone, another primary
 * would wait for them as well, and a failover would only add an outage to a stall. If they are there, hear the primary
 * and acknowledge, then what it waits for is its own disk.
 *
 * @module
 */
import type { Ballot } from './ballot.ts';
import type { ClusterConfig } from './config.ts';
import type { NodeObservation, Vote } from './observation.ts';
import { witnessSilenceMs } from './veto.ts';

export type Remedy =
  { readonly wouldHelp: true; readonly because: string } | { readonly wouldHelp: false; readonly because: string };

export interface RemedyInput {
  readonly cluster: ClusterConfig;
  readonly ballots: readonly Ballot[];
  /** Replicas as the reader itself has just seen them; empty where only the votes are at hand. */
  readonly live: readonly NodeObservation[];
}

/** What a monitor knows of the replicas, and what the primary's commits wait for. */
type Sight = Pick<Vote, 'acknowledging' | 'witnesses' | 'semiSync'>;

/** Replicas that a monitor saw receive with semi-sync, and from the primary, a moment before; by name. */
function ableTo(sight: Sight, { nodes, detection }: ClusterConfig): readonly string[] {
  const boundMs = witnessSilenceMs(detection);
  return nodes
    .map((node) => node.id)
    .filter(
      (id) =>
        sight.acknowledging.includes(id) &&
        sight.witnesses.some(
          (witness) =>
            witness.nodeId === id &&
            witness.receiver === 'receiving' &&
            witness.silentMs !== null &&
            witness.silentMs < boundMs,
        ),
    )
    .sort();
}

/** Whether a commit on the primary would be acknowledged, as far as one monitor can see: by replicas, or by nobody's leave. */
export function couldBeAcknowledged(sight: Sight, cluster: ClusterConfig): boolean {
  return cluster.semiSync === 'off' || ableTo(sight, cluster).length >= acksNeeded([sight]);
}

/**
 * A replica counts when one of the monitors that find the primary stalled saw it able to acknowledge; and when the
 * reader, where it looked itself, saw the same.
 */
export function findRemedy({ cluster, ballots, live }: RemedyInput): Remedy {
  if (cluster.semiSync === 'off') return { wouldHelp: true, because: 'no commit waits for a replica' };
  const votes = ballots.flatMap((ballot) => (ballot.counts && ballot.vote.verdict === 'stalled' ? [ballot.vote] : []));
  const able = [...new Set(votes.flatMap((vote) => ableTo(vote, cluster)))]
    .filter((id) => live.every((seen) => seen.nodeId !== id || acknowledges(seen)))
    .sort();
  const needed = acksNeeded(votes);
  const who = able.length === 0 ? 'no replica hears' : `only ${able.join(', ')} of its replicas hears`;
  return able.length >= needed
    ? { wouldHelp: true, because: `${able.join(', ')} could acknowledge: it waits for itself` }
    : { wouldHelp: false, because: `${who} it and acknowledges, and it waits for ${needed}` };
}

/** How many acknowledgements a commit waits for: the primary, which answers, has told it. */
function acksNeeded(sights: readonly Sight[]): number {
  return Math.max(1, ...sights.map(({ semiSync }) => semiSync?.requiredAcks ?? 1));
}

function acknowledges(seen: NodeObservation): boolean {
  const replica = seen.reachable ? seen.server.replica : null;
  return replica?.receiver === 'receiving' && replica.semiSync;
}
