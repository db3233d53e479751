/**
 * What would make a failover lose writes, or halt, if the primary died now.
 *
 * @module
 */
import { knownToBootReadOnly } from '../boots-read-only.ts';
import { elect, type Election, type RefusalCode } from '../elect.ts';
import { goesOnAlone } from '../election/durability.ts';
import type { PrimarySight } from '../election/primary-sight.ts';
import { GtidError } from '../gtid/gtid-error.ts';
import type { NodeObservation, SemiSyncSource } from '../observation.ts';
import type { Facts } from './facts.ts';
import type { Condition, Match } from './problem.ts';

/** A condition on the semi-sync of a primary that is required to have it, while no change is under way. */
function onSemiSync(
  when: string,
  sentenceOf: (semiSync: SemiSyncSource, id: string, facts: Facts) => string | null,
): Condition {
  return {
    about: 'primary',
    when,
    matches(facts): readonly Match[] {
      const { cluster, seenPrimary, changing } = facts;
      if (cluster.semiSync !== 'required' || seenPrimary === null || changing) return [];
      const { id } = seenPrimary.node;
      const sentence = sentenceOf(seenPrimary.server.semiSyncSource, id, facts);
      return sentence === null ? [] : [{ subject: id, sentence }];
    },
  };
}

export const semiSyncDegraded = onSemiSync(
  'semi-sync is required, but it is off, or fewer replicas acknowledge than each commit needs',
  ({ enabled, connectedReplicas, requiredAcks }, id) => {
    if (!enabled) return `semi-sync is off on ${id}: a failover may lose acknowledged writes`;
    return connectedReplicas < requiredAcks
      ? `${connectedReplicas} replicas acknowledge to ${id}, and each commit needs ${requiredAcks}: writes wait, or are acknowledged alone`
      : null;
  },
);

export const semiSyncGoesAlone = onSemiSync(
  'semi-sync is required, but it would stop waiting, or waits after others see the write',
  (semiSync, id) => {
    if (!semiSync.enabled) return null;
    const alone = goesOnAlone(semiSync);
    const late = semiSync.waitPoint === 'afterCommit' ? 'to wait only after the commit (AFTER_COMMIT)' : null;
    const flaws = [alone, late].filter((flaw) => flaw !== null);
    return flaws.length === 0
      ? null
      : `semi-sync of ${id} is set ${flaws.join(', and ')}: a failover would halt, or lose acknowledged writes`;
  },
);

export const semiSyncForgotten = onSemiSync(
  'semi-sync is required, but its settings do not survive a restart, and it is not known to come up read-only',
  ({ enabled, survivesRestart }, id, { cluster, record, seenPrimary }) => {
    const bootsReadOnly = knownToBootReadOnly({
      seen: seenPrimary?.server.bootsReadOnly ?? 'unknown',
      recorded: record?.bootsReadOnly ?? 'unknown',
      declared: cluster.bootsReadOnly,
    });
    return enabled && !survivesRestart && bootsReadOnly !== true
      ? `${id} may be writable without semi-sync after a restart: put semi-sync, or read_only, into its configuration`
      : null;
  },
);

/**
 * Refusals that say nothing while the primary lives: the servers were not all looked at in one moment, so one may seem to
 * have what another lacks.
 */
const OF_POSITIONS: readonly RefusalCode[] = ['possible-loss', 'candidate-behind'];

export const nonePromotable: Condition = {
  about: 'cluster',
  when: 'every node was looked at, and no other could be elected if the primary died now',
  matches(facts): readonly Match[] {
    const { cluster, primary, changing } = facts;
    if (primary === null || changing) return [];
    const election = electionNow(facts, primary.id);
    if (election === null || election.elected || OF_POSITIONS.includes(election.code)) return [];
    const because = election.because.replace(/^promote nothing: /, '').replace(/, then start the failover again$/, '');
    return [{ subject: cluster.id, sentence: `if ${primary.id} died now, nobody would be promoted: ${because}` }];
  },
};

/** What an election would say now; null when a node was not looked at lately, or gives a position that can't be read. */
function electionNow(facts: Facts, oldPrimary: string): Election | null {
  const { cluster, nowMs, record } = facts;
  const observations: NodeObservation[] = [];
  for (const node of facts.others) {
    const sight = facts.sightOf(node);
    const look = { nodeId: node.id, atMs: nowMs };
    if (sight.kind === 'seen') observations.push({ ...look, reachable: true, server: sight.server });
    else if (sight.kind === 'missed') {
      observations.push({ ...look, reachable: false, failure: sight.failure, detail: 'no answer' });
    } else return null;
  }
  try {
    return elect({
      cluster,
      oldPrimary,
      observations,
      lastSeen: primaryNow(facts),
      nominee: record?.nominee ?? null,
      fenced: record?.fenced ?? {},
      promotedAt: record?.promotedAt ?? null,
    });
  } catch (error) {
    if (error instanceof GtidError) return null;
    throw error;
  }
}

function primaryNow({ seenPrimary, seenOthers, nowMs }: Facts): PrimarySight | null {
  if (seenPrimary === null) return null;
  const { identity, executed, beatAtMs, semiSyncSource } = seenPrimary.server;
  const acknowledging = seenOthers
    .filter(({ server }) => server.replica?.receiver === 'receiving' && server.replica.semiSync)
    .map(({ node }) => node.id);
  return { atMs: nowMs, identity, executed, beatAtMs, semiSync: semiSyncSource, acknowledging };
}
