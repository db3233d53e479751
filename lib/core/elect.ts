/**
 * Which replica becomes the primary, and why each other does not. The answer depends on what was observed, never on
 * the order of it. Where positions are unclear or acknowledged writes would be lost, nobody is elected.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from './config.ts';
import { findNode } from './config.ts';
import { positionsOf } from './gtid/position.ts';
import type { NodeObservation, ReplicaStatus, ServerObservation } from './observation.ts';

export type LoserCode =
  | 'unreachable'
  | 'not-a-replica'
  | 'other-source'
  | 'not-a-source'
  | 'filtered'
  | 'never'
  | 'applier-stopped'
  | 'too-far-behind'
  | 'fewer-transactions'
  | 'not-semi-sync'
  | 'less-preferred'
  | 'same-zone'
  | 'more-lag'
  | 'name';

export interface Loser {
  readonly nodeId: string;
  readonly code: LoserCode;
  readonly because: string;
}

export type RefusalCode =
  'another-writable' | 'no-candidate' | 'positions-unclear' | 'candidate-behind' | 'replica-missing' | 'possible-loss';

export type Election =
  | {
      readonly elected: true;
      readonly winner: string;
      readonly received: string;
      readonly losers: readonly Loser[];
      /** Transactions that the old primary had executed and the winner did not receive; null when it can't be told. */
      readonly possibleLoss: number | null;
    }
  | {
      readonly elected: false;
      readonly code: RefusalCode;
      readonly because: string;
      readonly losers: readonly Loser[];
    };

export interface ElectionInput {
  readonly cluster: ClusterConfig;
  readonly oldPrimary: string;
  readonly observations: readonly NodeObservation[];
  /** What the old primary had executed when it last answered. */
  readonly primaryExecuted: string | null;
}

interface Candidate {
  readonly node: NodeConfig;
  readonly replica: ReplicaStatus;
}

export function elect(input: ElectionInput): Election {
  const { cluster, oldPrimary } = input;
  const positions = positionsOf(cluster.engine);
  const losers: Loser[] = [];
  const candidates: Candidate[] = [];
  /** Everybody who may hold acknowledged writes, electable or not. */
  const holders: Candidate[] = [];

  for (const node of cluster.nodes.filter((each) => each.id !== oldPrimary)) {
    const seen = input.observations.find((each) => each.nodeId === node.id);
    const replica = seen?.reachable === true ? seen.server.replica : null;
    if (replica !== null) holders.push({ node, replica });
    const obstacle = obstacleOf(input, node, seen);
    if (obstacle !== null) losers.push({ nodeId: node.id, ...obstacle });
    else if (replica !== null) candidates.push({ node, replica });
  }
  const refuse = (code: RefusalCode, because: string): Election => ({ elected: false, code, because, losers });

  const writable = input.observations.find(
    (seen) => seen.nodeId !== oldPrimary && seen.reachable && !seen.server.readOnly && seen.server.replica === null,
  );
  if (writable !== undefined) {
    return refuse(
      'another-writable',
      `promote nothing: ${writable.nodeId} is writable already; find out which change opened it, and make it read-only or the primary`,
    );
  }
  for (const a of holders) {
    for (const b of holders) {
      if (positions.compare(a.replica.received, b.replica.received) === 'diverged') {
        return refuse(
          'positions-unclear',
          `promote nothing: ${a.node.id} and ${b.node.id} each have transactions that the other lacks; compare ${a.replica.received} and ${b.replica.received}, and remove the errant one from the cluster`,
        );
      }
    }
  }

  const order = candidates.sort((a, b) => preference(a, b, input)?.order ?? 0);
  const winner = order[0];
  if (winner === undefined) {
    return refuse('no-candidate', `promote nothing: ${losers.map((each) => each.because).join('; ')}`);
  }
  for (const holder of holders) {
    const more = positions.transactionsBeyond(holder.replica.received, winner.replica.received);
    if (more > 0) {
      const why =
        losers.find((each) => each.nodeId === holder.node.id)?.because ?? `${holder.node.id} is not electable`;
      return refuse(
        'candidate-behind',
        `promote nothing: ${holder.node.id} has ${more} transactions that ${winner.node.id} lacks, and ${why}`,
      );
    }
  }
  const missing = losers.filter((each) => each.code === 'unreachable');
  if (cluster.semiSync === 'required' && missing.length >= REQUIRED_ACKS) {
    return refuse(
      'replica-missing',
      `promote nothing: ${missing.map((each) => each.nodeId).join(', ')} can't be asked and may hold acknowledged writes that ${winner.node.id} lacks; bring it back, or promote by hand`,
    );
  }
  const possibleLoss =
    input.primaryExecuted === null
      ? null
      : positions.transactionsBeyond(input.primaryExecuted, winner.replica.received);
  if (cluster.semiSync === 'off' && cluster.election.onPossibleLoss === 'refuse' && possibleLoss !== 0) {
    return refuse(
      'possible-loss',
      `promote nothing: ${possibleLoss ?? 'an unknown number of'} transactions of ${oldPrimary} never reached ${winner.node.id}; a person must decide whether to lose them`,
    );
  }
  for (const other of order.slice(1)) {
    const reason = preference(winner, other, input);
    if (reason !== null) losers.push({ nodeId: other.node.id, code: reason.code, because: reason.because });
  }
  return {
    elected: true,
    winner: winner.node.id,
    received: winner.replica.received,
    losers: losers.sort((a, b) => a.nodeId.localeCompare(b.nodeId)),
    possibleLoss,
  };
}

/** Acknowledgements that each commit needs in the clusters that we look after. MariaDB knows no other number. */
const REQUIRED_ACKS = 1;

/** Why a node can't be elected at all, or null. */
function obstacleOf(
  input: ElectionInput,
  node: NodeConfig,
  seen: NodeObservation | undefined,
): { code: LoserCode; because: string } | null {
  const { cluster } = input;
  if (seen === undefined) return { code: 'unreachable', because: `${node.id} was not asked` };
  if (!seen.reachable)
    return { code: 'unreachable', because: `${node.id} does not answer (${seen.failure}: ${seen.detail})` };
  const server: ServerObservation = seen.server;
  const { replica } = server;
  if (replica === null) return { code: 'not-a-replica', because: `${node.id} is not a replica` };
  const source = findNode(cluster, input.oldPrimary).address;
  if (replica.sourceHost !== source) {
    return { code: 'other-source', because: `${node.id} replicates from ${replica.sourceHost}, not from ${source}` };
  }
  if (!server.canBeSource) {
    return {
      code: 'not-a-source',
      because: `${node.id} has no binary log of replicated changes; turn on log_bin and log_replica_updates`,
    };
  }
  if (replica.filtered) return { code: 'filtered', because: `${node.id} has replication filters, so it lacks data` };
  if (node.promotion === 'never') return { code: 'never', because: `${node.id} is marked never to be promoted` };
  if (replica.applier === 'stopped') {
    return {
      code: 'applier-stopped',
      because: `${node.id} has stopped applying (${replica.lastError ?? 'by hand'}); look before you start it: MariaDB discards what was received but not applied`,
    };
  }
  if (replica.lagSeconds !== null && replica.lagSeconds > cluster.election.maxLagSeconds) {
    return {
      code: 'too-far-behind',
      because: `${node.id} is ${replica.lagSeconds} s behind, more than the ${cluster.election.maxLagSeconds} s allowed`,
    };
  }
  return null;
}

/** Which of two goes first, and what that says of the other. A total order: names differ. */
function preference(
  a: Candidate,
  b: Candidate,
  { cluster, oldPrimary }: ElectionInput,
): { order: -1 | 1; code: LoserCode; because: string } | null {
  if (a.node.id === b.node.id) return null;
  const failedZone = findNode(cluster, oldPrimary).availabilityZone;
  const lag = ({ replica }: Candidate) => replica.lagSeconds ?? 0;
  const rank = { prefer: 0, neutral: 1, never: 2 } as const;
  const rules: [LoserCode, number, (loser: string, winner: string) => string][] = [
    ['fewer-transactions', ahead(a, b, cluster), (l, w) => `${l} has received less than ${w}`],
    ['not-semi-sync', Number(b.replica.semiSync) - Number(a.replica.semiSync), (l) => `${l} does not acknowledge`],
    ['less-preferred', rank[a.node.promotion] - rank[b.node.promotion], (l, w) => `${w} is preferred to ${l}`],
    [
      'same-zone',
      Number(a.node.availabilityZone === failedZone) - Number(b.node.availabilityZone === failedZone),
      (l) => `${l} is in the zone that failed`,
    ],
    ['more-lag', lag(a) - lag(b), (l, w) => `${l} is further behind than ${w}`],
    ['name', a.node.id < b.node.id ? -1 : 1, (l, w) => `${l} is as good as ${w}; the name decides`],
  ];
  for (const [code, difference, sentence] of rules) {
    if (difference === 0) continue;
    const [winner, loser] = difference < 0 ? [a, b] : [b, a];
    return { order: difference < 0 ? -1 : 1, code, because: sentence(loser.node.id, winner.node.id) };
  }
  return null;
}

function ahead(a: Candidate, b: Candidate, cluster: ClusterConfig): number {
  const order = positionsOf(cluster.engine).compare(a.replica.received, b.replica.received);
  if (order === 'ahead') return -1;
  return order === 'behind' ? 1 : 0;
}
