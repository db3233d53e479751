/**
 * What an election is held on, and each server that answered, measured against the old primary.
 *
 * @module
 */
import { MAX_CLOCK_SKEW_MS } from '../ballot.ts';
import type { ClusterConfig, NodeConfig } from '../config.ts';
import { positionsOf } from '../gtid/position.ts';
import { lagSecondsOf } from '../lag.ts';
import type { NodeObservation, ReplicaStatus, ServerObservation } from '../observation.ts';
import type { ClusterState, Nominee } from '../state.ts';
import type { PrimarySight } from './primary-sight.ts';

export interface ElectionInput {
  readonly cluster: ClusterConfig;
  readonly oldPrimary: string;
  /** One of each node that was asked. */
  readonly observations: readonly NodeObservation[];
  /** The old primary as it was last seen; null when nobody saw it. */
  readonly lastSeen: PrimarySight | null;
  /** Whom a change that broke off was about to open: nobody else may be promoted. */
  readonly nominee: Pick<Nominee, 'nodeId' | 'epoch'> | null;
  /** All that the old primary had when it was opened itself, by the record; null when no change has promoted it. */
  readonly promotedAt: ClusterState['promotedAt'];
  /** Servers that were fenced before the old primary became one, by the record. */
  readonly fenced: ClusterState['fenced'];
}

/** A server that answered, electable or not: it may hold acknowledged writes. */
export interface Contender {
  readonly node: NodeConfig;
  readonly server: ServerObservation;
  /** Null on a server that replicates from nobody. */
  readonly replica: ReplicaStatus | null;
  /** The nominee of a change that broke off, its replica role ended: all it had received is applied. */
  readonly isOpened: boolean;
  /** It was started, or started again, since the old primary was last seen. */
  readonly isStartedSince: boolean;
  /** All that it has, applied or not. */
  readonly received: string;
  /** Transactions received but not yet applied. */
  readonly backlog: number;
  /** How far it is behind, in whole seconds; null when nothing tells. */
  readonly lagSeconds: number | null;
  /** What it has that did not come from the old primary; empty when nothing is known to. */
  readonly errant: string;
  /** The most that it can have from the old primary. */
  readonly fromPrimary: string;
  /** It acknowledges, or was last seen to while the primary lived: a receiver that has stopped shows it no more. */
  readonly acknowledges: boolean;
}

/** A node that answered. */
export type Answer = Extract<NodeObservation, { reachable: true }>;

/** @throws GtidError when a position can't be read */
export function contenderOf(input: ElectionInput, node: NodeConfig, { server, atMs }: Answer): Contender {
  const positions = positionsOf(input.cluster.engine);
  const { replica, executed } = server;
  const received = replica?.received ?? executed;
  const source = sourceToMeasureBy(input);
  return {
    node,
    server,
    replica,
    isOpened: replica === null && node.id === input.nominee?.nodeId,
    isStartedSince: atMs - server.uptimeSeconds * 1_000 > (input.lastSeen?.atMs ?? Infinity) - MAX_CLOCK_SKEW_MS,
    received,
    backlog: positions.transactionsBeyond(received, executed),
    lagSeconds: lagSecondsOf(server, input.lastSeen?.beatAtMs ?? null),
    errant: source === null ? '' : positions.errant(received, source),
    fromPrimary: source === null ? received : positions.fromSource(received, source),
    acknowledges: replica?.semiSync === true || input.lastSeen?.acknowledging.includes(node.id) === true,
  };
}

/**
 * The old primary as the measure of what is errant. Where a nominee has been opened it is none: what the others have of
 * the nominee did not come from the old primary either, and yet clients may believe it.
 */
function sourceToMeasureBy({ lastSeen, nominee, observations }: ElectionInput): PrimarySight | null {
  const isOpen = observations.some(
    (seen) => seen.nodeId === nominee?.nodeId && seen.reachable && seen.server.replica === null,
  );
  return isOpen ? null : lastSeen;
}
