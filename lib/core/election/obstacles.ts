/**
 * Why a node can't be elected at all: the rules that no preference outweighs, each with what a person can do about it.
 *
 * @module
 */
import { findNode, type NodeConfig } from '../config.ts';
import { positionsOf } from '../gtid/position.ts';
import type { NodeObservation } from '../observation.ts';
import type { Contender, ElectionInput } from './contender.ts';
import { isNewerSeries, seriesOf } from './release-series.ts';
import { shown, transactions } from './words.ts';

export type ObstacleCode =
  | 'not-the-nominee'
  | 'unreachable'
  | 'not-a-replica'
  | 'other-source'
  | 'not-a-source'
  | 'filtered'
  | 'errant'
  | 'newer-than-replicas'
  | 'never'
  | 'applier-stopped'
  | 'too-far-behind';

export interface Obstacle {
  readonly code: ObstacleCode;
  /** The fact. */
  readonly because: string;
  /** What a person can do, in words that follow a colon. */
  readonly remedy: string;
}

/** Of a node that gave no answer. */
export function silenceOf(node: NodeConfig, seen: Extract<NodeObservation, { reachable: false }> | null): Obstacle {
  const because =
    seen === null ? `${node.id} was not asked` : `${node.id} does not answer (${seen.failure}: ${seen.detail})`;
  return { code: 'unreachable', because, remedy: 'bring it back' };
}

/** What stands in the way of a server that answered, or null. `others` are the rest that answered. */
export function obstacleOf(input: ElectionInput, it: Contender, others: readonly Contender[]): Obstacle | null {
  const { nominee } = input;
  const { id } = it.node;
  if (nominee !== null && nominee.nodeId !== id) {
    return {
      code: 'not-the-nominee',
      because: `${nominee.nodeId}, not ${id}, was about to be opened under epoch ${nominee.epoch}`,
      remedy: `promote ${nominee.nodeId}, or dismiss it`,
    };
  }
  return obstacleInRole(input, it, others) ?? obstacleInServer(it, others) ?? obstacleInProgress(input, it);
}

/** It replicates all of this primary and nothing else. Whom a change has opened already replicates from nobody. */
function obstacleInRole(input: ElectionInput, it: Contender, others: readonly Contender[]): Obstacle | null {
  const { id } = it.node;
  if (it.isOpened) return null;
  if (it.replica === null) {
    return {
      code: 'not-a-replica',
      because: `${id} is not a replica`,
      remedy: `let it replicate from the primary, or remove it from the configuration`,
    };
  }
  const source = findNode(input.cluster, input.oldPrimary).address;
  if (it.replica.sourceHost !== source) {
    return {
      code: 'other-source',
      because: `${id} replicates from ${it.replica.sourceHost}, not from ${source}`,
      remedy: `let it replicate from the primary, or remove it from the configuration`,
    };
  }
  if (filtersAlone(it, others)) {
    return {
      code: 'filtered',
      because: `${id} has replication filters that others lack (${it.replica.filters.join(', ')}), so it lacks data`,
      remedy: 'rebuild it without filters',
    };
  }
  if (it.errant !== '') {
    const count = positionsOf(input.cluster.engine).transactionsBeyond(it.errant, '');
    const howMany = input.cluster.engine === 'mysql' ? transactions(count) : 'transactions';
    return {
      code: 'errant',
      because: `${id} has ${howMany} (${shown(it.errant)}) that did not come from ${input.oldPrimary}`,
      remedy: 'look at what was written on it, and rebuild it',
    };
  }
  return null;
}

/**
 * Filters that every replica has leave out what nobody is to have. The old primary has none, so a replica that is alone
 * with its filters lacks what others had.
 */
function filtersAlone(it: Contender, others: readonly Contender[]): boolean {
  const filters = it.replica?.filters ?? [];
  const replicas = others.flatMap((other) => other.replica ?? []);
  const isShared =
    replicas.length > 0 && replicas.every((other) => filters.every((filter) => other.filters.includes(filter)));
  return filters.length > 0 && !isShared;
}

/** It can be the source of all the others. */
function obstacleInServer({ node, server }: Contender, others: readonly Contender[]): Obstacle | null {
  const { id } = node;
  if (!server.canBeSource) {
    return {
      code: 'not-a-source',
      because: `${id} has no binary log of replicated changes`,
      remedy: 'turn on log_bin and log_replica_updates',
    };
  }
  const older = others.filter((other) => isNewerSeries(server.version, other.server.version));
  if (older.length > 0) {
    const names = older.map((other) => `${other.node.id} (${seriesOf(other.server.version)})`).join(', ');
    return {
      code: 'newer-than-replicas',
      because: `${id} runs ${seriesOf(server.version)}, too new for ${names} to follow it`,
      remedy: `upgrade ${older.map((other) => other.node.id).join(', ')}`,
    };
  }
  if (node.promotion === 'never') {
    return {
      code: 'never',
      because: `${id} is marked never to be promoted`,
      remedy: 'set its promotion to neutral, if it may be',
    };
  }
  return null;
}

/** It will soon have applied what it received. */
function obstacleInProgress(
  { cluster }: ElectionInput,
  { node, replica, backlog, lagSeconds }: Contender,
): Obstacle | null {
  const { maxLagSeconds, maxLagTransactions } = cluster.election;
  const { id } = node;
  if (replica?.applier === 'stopped') {
    return {
      code: 'applier-stopped',
      because: `${id} has stopped applying (${replica.lastError ?? 'by hand'})`,
      remedy:
        cluster.engine === 'mariadb'
          ? 'look before you start it, as MariaDB discards what was received but not applied'
          : 'repair what stopped it, and start it',
    };
  }
  if (lagSeconds !== null && lagSeconds > maxLagSeconds) {
    return {
      code: 'too-far-behind',
      because: `${id} is ${lagSeconds} s behind, more than the ${maxLagSeconds} s allowed`,
      remedy: 'let it catch up, or raise election.maxLagSeconds',
    };
  }
  if (backlog > maxLagTransactions) {
    return {
      code: 'too-far-behind',
      because: `${id} has ${transactions(backlog)} still to apply, more than the ${maxLagTransactions} allowed`,
      remedy: 'let it catch up, or raise election.maxLagTransactions',
    };
  }
  return null;
}
