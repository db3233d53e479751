/**
 * `StateStore` in memory. What it must do is said by the contract suite that it passes, test/contract/state-store.ts,
 * as does the one on DynamoDB. Besides: everything happens at once, nothing ever fails, and what it is given and what
 * it gives are copies.
 *
 * @module
 */
import { StaleActor } from '../../lib/core/errors.ts';
import type { JournalEvent } from '../../lib/core/journal.ts';
import type { Vote } from '../../lib/core/observation.ts';
import { firstState, otherNominee, type ClusterState } from '../../lib/core/state.ts';
import type { Actor, Lease, StateStore } from '../../lib/ports/state.ts';

export function memoryStateStore(): StateStore {
  const records = new Map<string, ClusterState>();
  const votes = new Map<string, Vote>();
  const events: JournalEvent[] = [];
  const leases = new Map<string, Lease>();

  const recordOf = (cluster: string) => records.get(cluster) ?? null;
  const isHolder = ({ cluster, epoch, execution }: Actor) => {
    const record = recordOf(cluster);
    return record?.epoch === epoch && record.holder === execution;
  };
  const held = (actor: Actor): ClusterState => {
    const record = recordOf(actor.cluster);
    if (record !== null && isHolder(actor)) return record;
    throw new StaleActor(`${actor.execution} does not hold cluster ${actor.cluster} under epoch ${actor.epoch}`);
  };
  const change = (actor: Actor, changes: Partial<ClusterState>) => {
    records.set(actor.cluster, { ...held(actor), ...changes });
  };
  const end = (actor: Actor, changes: (before: ClusterState) => Partial<ClusterState>) => {
    const record = recordOf(actor.cluster);
    if (record?.epoch === actor.epoch && record.lastHolder === actor.execution && record.holder === null) return;
    change(actor, { ...changes(held(actor)), holder: null, lastHolder: actor.execution });
  };

  const store: StateStore = {
    async read(cluster) {
      return structuredClone(recordOf(cluster));
    },
    async register(cluster, primary) {
      const record = recordOf(cluster) ?? firstState(cluster, primary);
      records.set(cluster, record);
      return structuredClone(record);
    },

    async open(seen, execution) {
      const record = recordOf(seen.cluster);
      if (record === null) return null;
      if (record.holder === execution) return structuredClone(record);
      const unchanged = record.epoch === seen.epoch && record.phase === seen.phase && record.holder === seen.holder;
      if (!unchanged) return null;
      const changing = { phase: 'changing', phaseBefore: record.phase, holder: execution, attempt: 0 } as const;
      const opened = { ...record, ...changing, epoch: record.epoch + 1 };
      records.set(seen.cluster, opened);
      return structuredClone(opened);
    },
    async nominate(actor, { nodeId, bootsReadOnly }) {
      const { nominee } = held(actor);
      if (nominee !== null && nominee.nodeId !== nodeId) throw otherNominee(nominee, nodeId);
      change(actor, { nominee: { nodeId, epoch: actor.epoch, bootsReadOnly } });
    },
    async dismissNominee(actor) {
      change(actor, { nominee: null });
    },
    async recordPrimary(actor, primary) {
      const record = held(actor);
      if (record.nominee?.nodeId === primary) {
        change(actor, { primary, bootsReadOnly: record.nominee.bootsReadOnly, nominee: null });
      } else if (record.primary !== primary) {
        throw new StaleActor(`${primary} was not nominated in cluster ${actor.cluster} under epoch ${actor.epoch}`);
      }
    },
    async close(actor, { route, notBeforeMs }) {
      end(actor, () => ({ phase: 'steady', route, notBeforeMs }));
    },
    async standDown(actor, notBeforeMs) {
      end(actor, (before) => ({ phase: before.phaseBefore, notBeforeMs }));
    },
    async halt(actor) {
      end(actor, () => ({ phase: 'halted' }));
    },
    async countAttempt(seen, notBeforeMs) {
      const record = recordOf(seen.cluster);
      if (record?.epoch !== seen.epoch || record.attempt !== seen.attempt) return false;
      records.set(seen.cluster, { ...record, attempt: seen.attempt + 1, notBeforeMs });
      return true;
    },

    async vote(vote) {
      votes.set(`${vote.cluster}/${vote.monitor}`, structuredClone(vote));
    },
    async votes(cluster) {
      return structuredClone([...votes.values()].filter((vote) => vote.cluster === cluster));
    },

    async append(event) {
      events.push(structuredClone(event));
    },
    async journal(cluster, epoch) {
      const its = events.filter((event) => event.cluster === cluster && event.epoch === epoch);
      return structuredClone(its.toSorted((a, b) => a.atMs - b.atMs));
    },

    async lease(monitor, wanted, nowMs) {
      const lease = leases.get(monitor);
      if (lease !== undefined && lease.holder !== wanted.holder && lease.untilMs >= nowMs) {
        return { held: false, endsAtMs: lease.endsAtMs };
      }
      leases.set(monitor, wanted);
      return { held: true };
    },
    async release(monitor, holder) {
      if (leases.get(monitor)?.holder === holder) leases.delete(monitor);
    },
  };
  return store;
}
