/**
 * What may be wrong with the other nodes, each by itself.
 *
 * @module
 */
import { positionsOf } from '../gtid/position.ts';
import { GtidError } from '../gtid/gtid-error.ts';
import { lagSecondsOf } from '../lag.ts';
import { isStopped } from '../proofs.ts';
import type { Failure, ReplicaStatus } from '../observation.ts';
import type { Facts, SeenNode } from './facts.ts';
import type { Condition } from './problem.ts';

type SentenceOf<Seen> = (seen: Seen, facts: Facts) => string | null;

/** A condition on each node besides the primary that answered. */
function onOthers(when: string, sentenceOf: SentenceOf<SeenNode>): Condition {
  return {
    about: 'replica',
    when,
    matches: (facts) =>
      facts.seenOthers.flatMap((seen) => {
        const sentence = sentenceOf(seen, facts);
        return sentence === null ? [] : [{ subject: seen.node.id, sentence }];
      }),
  };
}

/** A condition on each replica that answered. */
function onReplicas(when: string, sentenceOf: SentenceOf<SeenNode & { readonly replica: ReplicaStatus }>): Condition {
  return onOthers(when, (seen, facts) => {
    const { replica } = seen.server;
    return replica === null ? null : sentenceOf({ ...seen, replica }, facts);
  });
}

/** Something answers there, or nobody could be asked: other rows say what is wrong. */
const PROBLEMS_OF_THEIR_OWN: readonly Failure[] = ['denied', 'untrusted', 'other-server', 'unresolvable'];

export const replicaUnreachable: Condition = {
  about: 'replica',
  when: 'it gives no answer',
  matches: (facts) =>
    facts.others.flatMap((node) => {
      const sight = facts.sightOf(node);
      if (sight.kind !== 'missed' || PROBLEMS_OF_THEIR_OWN.includes(sight.failure)) return [];
      return [{ subject: node.id, sentence: `${node.id} gives no answer (${sight.failure})` }];
    }),
};

export const notAReplica = onOthers(
  'it replicates from nobody, and takes no writes',
  ({ node, server }, { primary, changing }) =>
    primary !== null && !changing && server.replica === null && server.readOnly
      ? `${node.id} replicates from nobody: make it a replica of ${primary.id}`
      : null,
);

export const replicaBroken = onReplicas(
  'its applier or its receiver is stopped, and no change is under way, which stops both',
  ({ node, replica }, { changing }) => {
    const stopped = [
      ...(replica.applier === 'stopped' ? ['applying'] : []),
      ...(replica.receiver === 'stopped' ? ['receiving'] : []),
    ];
    return stopped.length === 0 || changing
      ? null
      : `${node.id} has stopped ${stopped.join(' and ')} (${replica.lastError ?? 'by hand'})`;
  },
);

export const replicaDisconnected = onReplicas(
  'its receiver gets no connection to the primary, which answers',
  ({ node, replica }, { seenPrimary }) =>
    seenPrimary !== null && replica.receiver === 'connecting' && replica.sourceHost === seenPrimary.node.address
      ? `${node.id} can't connect to ${seenPrimary.node.id}, which answers: ${replica.lastError ?? 'look at its account and the network'}`
      : null,
);

export const replicaLagging = onReplicas(
  'it is further behind than `election.maxLagSeconds`',
  ({ node, server }, { cluster, seenPrimary }) => {
    const { maxLagSeconds } = cluster.election;
    const lagSeconds = lagSecondsOf(server, seenPrimary?.server.beatAtMs ?? null);
    return lagSeconds !== null && lagSeconds > maxLagSeconds
      ? `${node.id} is ${lagSeconds} s behind, more than the ${maxLagSeconds} s with which it may be promoted`
      : null;
  },
);

export const otherSource = onReplicas(
  'it replicates from another server than the primary',
  ({ node, replica }, { primary, cluster, changing }) =>
    primary === null || changing || (replica.sourceHost === primary.address && replica.sourcePort === cluster.port)
      ? null
      : `${node.id} replicates from ${replica.sourceHost}:${replica.sourcePort}, not from ${primary.id} (${primary.address}:${cluster.port})`,
);

export const filtered = onReplicas('it has replication filters', ({ node, replica }) =>
  replica.filters.length === 0
    ? null
    : `${node.id} has replication filters, so it lacks data: ${[...replica.filters].sort().join(', ')}`,
);

export const cannotBeSource = onOthers('it keeps no binary log of what it replicates', ({ node, server }) =>
  server.canBeSource ? null : `${node.id} could not be a primary: turn on log_bin and log_replica_updates`,
);

export const errantGtids = onReplicas(
  'it has transactions that did not come from the primary',
  ({ node, server }, { seenPrimary, cluster, changing }) => {
    if (seenPrimary === null || changing) return null;
    const { identity, executed } = seenPrimary.server;
    const errant = readable(() => positionsOf(cluster.engine).errant(server.executed, { identity, executed }));
    return errant === null || errant === ''
      ? null
      : `${node.id} has transactions that ${seenPrimary.node.id} lacks: ${errant}; find out who wrote them`;
  },
);

/** Null when a position can't be read: that is a problem of its own. */
function readable(ask: () => string): string | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof GtidError) return null;
    throw error;
  }
}

export const instanceStopped: Condition = {
  about: 'replica',
  when: 'EC2 says that its instance is stopped or terminated, as a failover leaves the old primary',
  matches: ({ others, instances }) =>
    others.flatMap((node) => {
      const code = instances?.[node.id];
      if (code === undefined || !isStopped(code)) return [];
      return [{ subject: node.id, sentence: `EC2 says that ${node.instanceId} is stopped (state code ${code})` }];
    }),
};
