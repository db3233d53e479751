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
import type { ClusterState } from '../../lib/core/state.ts';
import type { Actor, Lease, StateStore } from '../../lib/ports/state.ts';

export function memoryStateStore(): StateStore {
  const records = new Map<string, ClusterState>();
  const lastHolders = new Map<string, string>();
  const votes = new Map<string, Vote>();
  const events: JournalEvent[] = [];
  const leases = new Map<string, Lease>();

  const recordOf = (cluster: string) => records.get(cluster) ?? null;
  const isHolder = ({ cluster, epoch, execution }: Actor) => {
    const record = recordOf(cluster);
    return record?.epoch === epoch && record.holder === execution;
  };
  const change = (actor: Actor, changes: Partial<ClusterState>) => {
    const record = recordOf(actor.cluster);
    if (record === null || !isHolder(actor)) {
      throw new StaleActor(`${actor.execution} does not hold cluster ${actor.cluster} under epoch ${actor.epoch}`);
    }
    records.set(actor.cluster, { ...record, ...changes });
  };
  const end = (actor: Actor, changes: Partial<ClusterState>) => {
    const endedByIt =
      lastHolders.get(actor.cluster) === actor.execution && recordOf(actor.cluster)?.epoch === actor.epoch;
    if (endedByIt && !isHolder(actor)) return;
    change(actor, { ...changes, holder: null });
    lastHolders.set(actor.cluster, actor.execution);
  };

  const store: StateStore = {
    async read(cluster) {
      return structuredClone(recordOf(cluster));
    },
    async register(cluster, primary) {
      const first = { cluster, epoch: 1, primary, phase: 'steady', holder: null, route: 'vip' } as const;
      const record = recordOf(cluster) ?? { ...first, attempt: 0, notBeforeMs: 0 };
      records.set(cluster, record);
      return structuredClone(record);
    },

    async open(seen, execution) {
      const record = recordOf(seen.cluster);
      if (record === null) return null;
      if (record.holder === execution) return structuredClone(record);
      const unchanged = record.epoch === seen.epoch && record.phase === seen.phase && record.holder === seen.holder;
      if (!unchanged) return null;
      const opened = { ...record, epoch: record.epoch + 1, phase: 'changing', holder: execution, attempt: 0 } as const;
      records.set(seen.cluster, opened);
      return structuredClone(opened);
    },
    async recordPrimary(actor, primary) {
      change(actor, { primary });
    },
    async close(actor, { route, notBeforeMs }) {
      end(actor, { phase: 'steady', notBeforeMs, ...(route === null ? {} : { route }) });
    },
    async halt(actor) {
      end(actor, { phase: 'halted' });
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
