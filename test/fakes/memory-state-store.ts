/**
 * `StateStore` in memory. What it must do is said by the contract suite that it passes, test/contract/state-store.ts,
 * as does the one on DynamoDB. Besides: everything happens at once, before the call returns; nothing ever fails; and
 * what it keeps and gives is frozen, a copy of what it was given.
 *
 * @module
 */
import { StaleActor } from '../../lib/core/errors.ts';
import { inOrder, type JournalEvent } from '../../lib/core/journal.ts';
import type { Vote } from '../../lib/core/observation.ts';
import { standing, type Pulse, type Seat } from '../../lib/core/pulse.ts';
import { firstState, otherNominee, type ClusterState } from '../../lib/core/state.ts';
import type { Actor, StateStore } from '../../lib/ports/state.ts';

/** What stands in the table, for those who needn't ask as others do. */
export interface MemoryStateStore extends StateStore {
  recordNow(cluster: string): ClusterState | null;
  /** As they were written, of every epoch. */
  readonly eventsNow: readonly JournalEvent[];
}

export function memoryStateStore(): MemoryStateStore {
  const records = new Map<string, ClusterState>();
  const votes = new Map<string, Vote>();
  const events: JournalEvent[] = [];
  /** What the journal of an epoch answers, until more is written. */
  const ordered = new Map<string, readonly JournalEvent[]>();
  const pulses = new Map<string, Pulse>();

  const seatOf = ({ monitor, shard }: Seat) => `${monitor}/${shard}`;
  const recordOf = (cluster: string) => records.get(cluster) ?? null;
  const write = (record: ClusterState) => {
    const kept = frozen(record);
    records.set(record.cluster, kept);
    return kept;
  };
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
    write({ ...held(actor), ...changes });
  };
  const end = (actor: Actor, changes: (before: ClusterState) => Partial<ClusterState>): boolean => {
    const record = recordOf(actor.cluster);
    if (record?.epoch === actor.epoch && record.lastHolder === actor.execution && record.holder === null) return false;
    change(actor, { ...changes(held(actor)), holder: null, lastHolder: actor.execution });
    return true;
  };

  const store: MemoryStateStore = {
    recordNow: recordOf,
    eventsNow: events,

    async read(cluster) {
      return recordOf(cluster);
    },
    async readAll(clusters) {
      return new Map(
        clusters.flatMap((cluster) => {
          const record = recordOf(cluster);
          return record === null ? [] : [[cluster, record] as const];
        }),
      );
    },
    async register(cluster, primary) {
      return recordOf(cluster) ?? write(firstState(cluster, primary));
    },

    async open(seen, execution) {
      const record = recordOf(seen.cluster);
      if (record === null) return null;
      if (record.holder === execution) return record;
      const unchanged = record.epoch === seen.epoch && record.phase === seen.phase && record.holder === seen.holder;
      if (!unchanged) return null;
      const changing = { phase: 'changing', phaseBefore: record.phase, holder: execution, attempt: 0 } as const;
      return write({ ...record, ...changing, epoch: record.epoch + 1 });
    },
    async nominate(actor, { nodeId, bootsReadOnly }) {
      const { nominee } = held(actor);
      if (nominee !== null && nominee.nodeId !== nodeId) throw otherNominee(nominee, nodeId);
      change(actor, { nominee: { nodeId, epoch: actor.epoch, bootsReadOnly } });
    },
    async dismissNominee(actor) {
      const { nominee } = held(actor);
      if (nominee !== null && nominee.epoch < actor.epoch) change(actor, { nominee: null });
    },
    async recordPrimary(actor, { primary, fenced, promotedAt, reopenedAtMs }) {
      const record = held(actor);
      if (record.nominee?.nodeId === primary) {
        const others = Object.entries(record.fenced).filter(([nodeId]) => nodeId !== primary);
        change(actor, {
          primary,
          promotedAt,
          reopenedAtMs,
          bootsReadOnly: record.nominee.bootsReadOnly,
          nominee: null,
          fenced: { ...Object.fromEntries(others), ...(fenced === null ? {} : { [fenced]: actor.epoch }) },
        });
      } else if (record.primary !== primary) {
        throw new StaleActor(`${primary} was not nominated in cluster ${actor.cluster} under epoch ${actor.epoch}`);
      }
    },
    async close(actor, { route, notBeforeMs }) {
      return end(actor, () => ({ phase: 'steady', route, notBeforeMs }));
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
      write({ ...record, attempt: seen.attempt + 1, notBeforeMs });
      return true;
    },

    async vote(vote) {
      const key = `${vote.cluster}/${vote.monitor}`;
      const before = votes.get(key);
      if (before?.term === vote.term && before.atMs > vote.atMs) return;
      votes.set(key, frozen(vote));
    },
    async votes(cluster) {
      const all = [...pulses.values()];
      return [...votes.values()].filter((vote) => vote.cluster === cluster).map((vote) => standing(vote, all));
    },

    async append(event) {
      ordered.delete(`${event.cluster}/${event.epoch}`);
      events.push(frozen(event));
    },
    async journal(cluster, epoch) {
      const key = `${cluster}/${epoch}`;
      const known = ordered.get(key);
      if (known !== undefined) return known;
      const its = inOrder(events.filter((event) => event.cluster === cluster && event.epoch === epoch));
      ordered.set(key, its);
      return its;
    },

    async pulse(seat) {
      return pulses.get(seatOf(seat)) ?? null;
    },
    async takeSeat(pulse, seen) {
      const stands = pulses.get(seatOf(pulse)) ?? null;
      if (stands?.term !== seen?.term || stands?.atMs !== seen?.atMs) return false;
      pulses.set(seatOf(pulse), frozen(pulse));
      return true;
    },
    async renewSeat(pulse) {
      const stands = pulses.get(seatOf(pulse));
      if (stands?.term !== pulse.term || stands.releasedAtMs !== null) return { held: false };
      pulses.set(seatOf(pulse), frozen({ ...pulse, relief: stands.relief }));
      return { held: true, relief: stands.relief };
    },
    async askRelief(held, relief) {
      const stands = pulses.get(seatOf(held));
      if (stands?.term !== held.term || stands.releasedAtMs !== null || stands.relief !== null) return false;
      pulses.set(seatOf(held), frozen({ ...stands, relief }));
      return true;
    },
  };
  return store;
}

/** A copy that nobody can change, so that it can be given to everybody. What is frozen already came from here. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozen)) as T;
  const copy = { ...value };
  for (const key in copy) copy[key] = frozen(copy[key]);
  return Object.freeze(copy);
}
