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
import type { NodeObservation } from './observation.ts';
import { witnessSilenceMs } from './veto.ts';

export type Remedy =
  { readonly wouldHelp: true; readonly because: string } | { readonly wouldHelp: false; readonly because: string };

export interface RemedyInput {
  readonly cluster: ClusterConfig;
  readonly ballots: readonly Ballot[];
  /** Replicas as the reader itself has just seen them; empty where only the votes are at hand. */
  readonly live: readonly NodeObservation[];
}

/**
 * A replica counts when one of the monitors that find the primary stalled saw it receive with semi-sync, and from the
 * primary, a moment before; and when the reader, where it looked itself, saw the same.
 */
export function findRemedy({ cluster, ballots, live }: RemedyInput): Remedy {
  if (cluster.semiSync === 'off') return { wouldHelp: true, because: 'no commit waits for a replica' };
  const votes = ballots.flatMap((ballot) => (ballot.counts && ballot.vote.verdict === 'stalled' ? [ballot.vote] : []));
  const boundMs = witnessSilenceMs(cluster.detection);
  const able = cluster.nodes
    .map((node) => node.id)
    .filter(
      (id) =>
        votes.some(
          (vote) =>
            vote.acknowledging.includes(id) &&
            vote.witnesses.some(
              (witness) =>
                witness.nodeId === id &&
                witness.receiver === 'receiving' &&
                witness.silentMs !== null &&
                witness.silentMs < boundMs,
            ),
        ) && live.every((seen) => seen.nodeId !== id || acknowledges(seen)),
    )
    .sort();
  // Each of them knows it from the primary itself, which answers.
  const needed = Math.max(1, ...votes.map((vote) => vote.semiSync?.requiredAcks ?? 1));
  const who = able.length === 0 ? 'no replica hears' : `only ${able.join(', ')} of its replicas hears`;
  return able.length >= needed
    ? { wouldHelp: true, because: `${able.join(', ')} could acknowledge: it waits for itself` }
    : { wouldHelp: false, because: `${who} it and acknowledges, and it waits for ${needed}` };
}

function acknowledges(seen: NodeObservation): boolean {
  const replica = seen.reachable ? seen.server.replica : null;
  return replica?.receiver === 'receiving' && replica.semiSync;
}
