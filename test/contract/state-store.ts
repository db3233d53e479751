/**
 * What every `StateStore` does: the contract of lib/ports/state.ts as tests, run against the fake and against DynamoDB.
 *
 * @module
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { PromotionRefused, StaleActor } from '../../lib/core/errors.ts';
import type { JournalEvent } from '../../lib/core/journal.ts';
import { firstState, type ClusterState } from '../../lib/core/state.ts';
import type { Actor, StateStore } from '../../lib/ports/state.ts';
import { NOW, pulse, vote } from '../core/examples.ts';

/** @param emptyStore gives a store without a single record, for each test */
export function describeStateStore(emptyStore: () => Promise<StateStore>): void {
  let store: StateStore;
  /** The record of a cluster that was just registered. */
  let registered: ClusterState;

  beforeEach(async () => {
    store = await emptyStore();
    registered = await store.register('orders', 'db-1');
  });

  const actor: Actor = { cluster: 'orders', epoch: 2, execution: 'e2' };
  const DB_2 = { nodeId: 'db-2', bootsReadOnly: true } as const;
  const DB_3 = { nodeId: 'db-3', bootsReadOnly: 'unknown' } as const;
  const stale: readonly [string, Actor][] = [
    ['of an older epoch', { ...actor, epoch: 1 }],
    ['of a newer epoch', { ...actor, epoch: 3 }],
    ['that is another execution', { ...actor, execution: 'e2-r1' }],
    ['of a cluster that nobody knows', { ...actor, cluster: 'billing' }],
  ];
  const opened = async (execution = 'e2') => {
    const record = await store.open(registered, execution);
    expect(record).not.toBeNull();
    return record!;
  };

  describe('the record of a cluster', () => {
    it('is not there before it is registered', async () => {
      expect(await store.read('billing')).toBeNull();
    });

    it('begins steady, at epoch 1, without a holder', async () => {
      expect(registered).toEqual(firstState('orders', 'db-1'));
      expect(await store.read('orders')).toEqual(registered);
    });

    it('is not registered over', async () => {
      await opened();
      const before = await store.read('orders');
      expect(await store.register('orders', 'db-3')).toEqual(before);
      expect(await store.read('orders')).toEqual(before);
    });

    it('is read together with many others, those that there are', async () => {
      const names = Array.from({ length: 230 }, (_, index) => `cluster-${index}`);
      await Promise.all(names.map((name) => store.register(name, 'db-1')));
      const read = await store.readAll(['orders', ...names, 'billing']);
      expect([...read.keys()].sort()).toEqual(['orders', ...names].sort());
      expect(read.get('orders')).toEqual(registered);
      expect(await store.readAll([])).toEqual(new Map());
    });

    it('is apart from those of other clusters', async () => {
      await store.register('billing', 'db-9');
      await opened();
      expect(await store.read('billing')).toMatchObject({ epoch: 1, primary: 'db-9' });
    });
  });

  describe('[invariant 2] opening', () => {
    it('makes the epoch one higher and gives the lock', async () => {
      const after = { ...registered, epoch: 2, phase: 'changing', holder: 'e2' };
      expect(await opened()).toEqual(after);
      expect(await store.read('orders')).toEqual(after);
    });

    it('has one winner among many at once', async () => {
      const names = Array.from({ length: 10 }, (_, index) => `e2-${index}`);
      const answers = await Promise.all(names.map((name) => store.open(registered, name)));
      const winners = answers.filter((answer) => answer !== null);
      expect(winners).toHaveLength(1);
      expect(await store.read('orders')).toEqual(winners[0]);
    });

    it('again by the same execution answers the record as it stands', async () => {
      await opened();
      await store.nominate(actor, DB_2);
      expect(await store.open(registered, 'e2')).toMatchObject({ epoch: 2, nominee: { nodeId: 'db-2' }, holder: 'e2' });
    });

    it('is refused to who saw an older record', async () => {
      await opened();
      await store.standDown(actor, 0);
      expect(await store.open(registered, 'e2-late')).toBeNull();
      expect(await store.read('orders')).toMatchObject({ epoch: 2, holder: null });
    });

    it('is refused while another holds the lock, even to who sees it', async () => {
      const held = await opened();
      expect(await store.open({ ...held, holder: null }, 'e3')).toBeNull();
      expect(await store.open({ ...held, phase: 'steady' }, 'e3')).toBeNull();
    });

    it('works from a halted record, for who knows that it is', async () => {
      await opened();
      await store.halt(actor);
      const halted = await store.read('orders');
      expect(await store.open(halted!, 'e3')).toMatchObject({ epoch: 3, holder: 'e3', phase: 'changing' });
    });

    it('begins to count attempts anew', async () => {
      await store.countAttempt(registered, 0);
      const counted = await store.read('orders');
      expect(await store.open(counted!, 'e2-r1')).toMatchObject({ attempt: 0 });
    });
  });

  describe('[invariant 2] an actor', () => {
    it('records the new primary, and may do so twice', async () => {
      await opened();
      await store.nominate(actor, DB_2);
      await store.recordPrimary(actor, { primary: 'db-2', fenced: 'db-1', promotedAt: '0-2-102', reopenedAtMs: null });
      await store.recordPrimary(actor, { primary: 'db-2', fenced: 'db-1', promotedAt: '0-2-102', reopenedAtMs: null });
      expect(await store.read('orders')).toMatchObject({
        primary: 'db-2',
        bootsReadOnly: true,
        nominee: null,
        fenced: { 'db-1': 2 },
        promotedAt: '0-2-102',
        reopenedAtMs: null,
        phase: 'changing',
        holder: 'e2',
      });
    });

    it('takes a server back as the primary that was fenced before', async () => {
      await opened();
      await store.nominate(actor, DB_2);
      await store.recordPrimary(actor, { primary: 'db-2', fenced: 'db-1', promotedAt: '0-2-102', reopenedAtMs: null });
      await store.close(actor, { route: 'vip', notBeforeMs: 0 });
      await store.open((await store.read('orders'))!, 'e3');
      const later = { ...actor, epoch: 3, execution: 'e3' };
      await store.nominate(later, { nodeId: 'db-1', bootsReadOnly: true });
      await store.recordPrimary(later, { primary: 'db-1', fenced: 'db-2', promotedAt: '0-2-102', reopenedAtMs: null });
      expect(await store.read('orders')).toMatchObject({ primary: 'db-1', fenced: { 'db-2': 3 } });
    });

    it('records nobody as the primary whom it did not nominate', async () => {
      await opened();
      await expect(
        store.recordPrimary(actor, { primary: 'db-2', fenced: 'db-1', promotedAt: '0-2-102', reopenedAtMs: null }),
      ).rejects.toBeInstanceOf(StaleActor);
      await store.nominate(actor, DB_2);
      await expect(
        store.recordPrimary(actor, { primary: 'db-3', fenced: 'db-1', promotedAt: '0-2-102', reopenedAtMs: null }),
      ).rejects.toBeInstanceOf(StaleActor);
      expect(await store.read('orders')).toMatchObject({ primary: 'db-1', nominee: { nodeId: 'db-2' } });
    });

    it('closes: steady, nobody holds it, and the cooldown begins', async () => {
      await opened();
      await store.close(actor, { route: 'dns', notBeforeMs: NOW });
      const closed = { epoch: 2, route: 'dns', notBeforeMs: NOW, lastHolder: 'e2' };
      expect(await store.read('orders')).toEqual({ ...registered, ...closed });
    });

    it('stands down: all is as it was, but for the epoch and a pause', async () => {
      await opened();
      await store.standDown(actor, NOW);
      expect(await store.read('orders')).toEqual({ ...registered, epoch: 2, notBeforeMs: NOW, lastHolder: 'e2' });
    });

    it('stands down in a halted cluster, which stays halted', async () => {
      await opened();
      await store.halt(actor);
      const later = { ...actor, epoch: 3, execution: 'e3' };
      await store.open((await store.read('orders'))!, 'e3');
      await store.standDown(later, NOW);
      expect(await store.read('orders')).toMatchObject({ phase: 'halted', holder: null, epoch: 3 });
    });

    it('halts: nobody holds it, and it is not steady', async () => {
      await opened();
      await store.halt(actor);
      expect(await store.read('orders')).toEqual({ ...registered, epoch: 2, phase: 'halted', lastHolder: 'e2' });
    });

    it('ends its change once: what it says after that changes nothing', async () => {
      await opened();
      expect(await store.close(actor, { route: 'vip', notBeforeMs: NOW })).toBe(true);
      expect(await store.close(actor, { route: 'dns', notBeforeMs: NOW + 1 })).toBe(false);
      await store.standDown(actor, NOW + 2);
      await store.halt(actor);
      expect(await store.read('orders')).toMatchObject({ phase: 'steady', route: 'vip', notBeforeMs: NOW });
    });

    it('that has ended is stale for everything else, and for everything once another has begun', async () => {
      await opened();
      await store.standDown(actor, 0);
      await expect(
        store.recordPrimary(actor, { primary: 'db-3', fenced: 'db-1', promotedAt: '0-2-102', reopenedAtMs: null }),
      ).rejects.toBeInstanceOf(StaleActor);
      await store.open((await store.read('orders'))!, 'e3');
      await expect(store.close(actor, { route: 'vip', notBeforeMs: 0 })).rejects.toBeInstanceOf(StaleActor);
      await expect(store.halt(actor)).rejects.toBeInstanceOf(StaleActor);
      expect(await store.read('orders')).toMatchObject({ epoch: 3, holder: 'e3', phase: 'changing', primary: 'db-1' });
    });

    it.each(stale)('%s changes nothing', async (_, other) => {
      await opened();
      const before = await store.read('orders');
      await expect(
        store.recordPrimary(other, { primary: 'db-3', fenced: 'db-1', promotedAt: '0-2-102', reopenedAtMs: null }),
      ).rejects.toBeInstanceOf(StaleActor);
      await expect(store.nominate(other, DB_2)).rejects.toBeInstanceOf(StaleActor);
      await expect(store.dismissNominee(other)).rejects.toBeInstanceOf(StaleActor);
      await expect(store.close(other, { route: 'dns', notBeforeMs: NOW })).rejects.toBeInstanceOf(StaleActor);
      await expect(store.standDown(other, NOW)).rejects.toBeInstanceOf(StaleActor);
      await expect(store.halt(other)).rejects.toBeInstanceOf(StaleActor);
      expect(await store.read('orders')).toEqual(before);
    });
  });

  describe('[invariant 1] a nominee', () => {
    const later: Actor = { ...actor, epoch: 3, execution: 'e3' };
    /** Epoch 2 nominated `db-2` and broke off; epoch 3 has begun. */
    const brokenOff = async () => {
      await opened();
      await store.nominate(actor, DB_2);
      await store.halt(actor);
      await store.open((await store.read('orders'))!, 'e3');
    };

    it('is written down with its epoch, and may be twice', async () => {
      await opened();
      await store.nominate(actor, DB_2);
      await store.nominate(actor, DB_2);
      expect(await store.read('orders')).toMatchObject({ nominee: { ...DB_2, epoch: 2 }, primary: 'db-1' });
    });

    it('is one: of two who are nominated at once, one is refused', async () => {
      await opened();
      const both = await Promise.allSettled([store.nominate(actor, DB_2), store.nominate(actor, DB_3)]);
      const refused = both.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
      expect(refused).toEqual([expect.any(PromotionRefused)]);
    });

    it('outlives the change that broke off: nobody else is nominated after it', async () => {
      await brokenOff();
      await expect(store.nominate(later, DB_3)).rejects.toThrow(
        'db-2 was about to be opened under epoch 2 and may be writable, so db-3 may not be opened',
      );
      await store.nominate(later, DB_2);
      expect(await store.read('orders')).toMatchObject({ nominee: { nodeId: 'db-2', epoch: 3 } });
    });

    it('of the same epoch is not forgotten: the word of a person was about an earlier one', async () => {
      await opened();
      await store.dismissNominee(actor);
      await store.nominate(actor, DB_2);
      await store.dismissNominee(actor);
      expect(await store.read('orders')).toMatchObject({ nominee: { nodeId: 'db-2', epoch: 2 } });
    });

    it('is forgotten on the word of a person', async () => {
      await brokenOff();
      await store.dismissNominee(later);
      await store.nominate(later, DB_3);
      expect(await store.read('orders')).toMatchObject({ nominee: { nodeId: 'db-3', epoch: 3 } });
    });
  });

  describe('an attempt', () => {
    it('is counted once, however many count it', async () => {
      const counted = await Promise.all([1, 2, 3].map((ms) => store.countAttempt(registered, NOW + ms)));
      expect(counted.filter(Boolean)).toHaveLength(1);
      expect(await store.read('orders')).toMatchObject({ attempt: 1, epoch: 1, phase: 'steady' });
    });

    it('puts off the next', async () => {
      expect(await store.countAttempt(registered, NOW)).toBe(true);
      expect(await store.read('orders')).toMatchObject({ notBeforeMs: NOW });
    });

    it('is not counted once a change has begun', async () => {
      await opened();
      expect(await store.countAttempt(registered, NOW)).toBe(false);
      expect(await store.read('orders')).toMatchObject({ attempt: 0, notBeforeMs: 0 });
    });
  });

  describe('a vote', () => {
    it('comes back as it was cast', async () => {
      await store.vote(vote('a'));
      expect(await store.votes('orders')).toEqual([vote('a')]);
    });

    it('comes back as it was cast, with nothing known', async () => {
      const blind = vote('a', {
        verdict: 'blind',
        identity: null,
        semiSync: null,
        bootsReadOnly: 'unknown',
        witnesses: [],
      });
      await store.vote(blind);
      expect(await store.votes('orders')).toEqual([blind]);
    });

    it('takes the place of the last one of its monitor, and of no other', async () => {
      await store.vote(vote('a'));
      await store.vote(vote('b'));
      await store.vote(vote('a', { verdict: 'alive' }));
      const verdicts = (await store.votes('orders')).map((each) => `${each.monitor} ${each.verdict}`);
      expect(verdicts.sort()).toEqual(['a alive', 'b dead']);
    });

    it('belongs to its cluster', async () => {
      await store.vote(vote('a', { cluster: 'billing' }));
      expect(await store.votes('orders')).toEqual([]);
    });
  });

  describe('[invariant 8] the journal', () => {
    const event = (because: string, atMs: number, changes: Partial<Actor> = {}): JournalEvent => ({
      ...actor,
      ...changes,
      code: 'fence-failed',
      what: 'nothing',
      because,
      atMs,
    });
    const told = (events: readonly JournalEvent[]) =>
      events.map((each) => (each.code === 'fence-failed' ? each.because : each.code));

    it('is told in the order of time, whatever the order of writing', async () => {
      for (const atMs of [3, 1, 2, 1_000, 20]) await store.append(event(String(atMs), atMs));
      expect(told(await store.journal('orders', 2))).toEqual(['1', '2', '3', '20', '1000']);
    });

    it('is told in the order of cause and effect within the same millisecond', async () => {
      await store.append({ ...actor, code: 'fence-proven', proof: 'read-only', because: 'it is', atMs: NOW });
      await store.append(event('first', NOW));
      expect((await store.journal('orders', 2)).map((each) => each.code)).toEqual(['fence-failed', 'fence-proven']);
    });

    it('keeps both of two events that are alike', async () => {
      await store.append(event('same', NOW));
      await store.append(event('same', NOW));
      expect(await store.journal('orders', 2)).toEqual([event('same', NOW), event('same', NOW)]);
    });

    it('has each epoch and each cluster apart', async () => {
      await store.append(event('mine', NOW));
      await store.append(event('later', NOW, { epoch: 20 }));
      await store.append(event('other', NOW, { cluster: 'orders-2' }));
      expect(told(await store.journal('orders', 2))).toEqual(['mine']);
      expect(await store.journal('orders', 7)).toEqual([]);
    });

    it('is whole, however long', async () => {
      const long = 'x'.repeat(50_000);
      const times = Array.from({ length: 40 }, (_, index) => index);
      await Promise.all(times.map((atMs) => store.append(event(`${atMs}${long}`, atMs))));
      expect(await store.journal('orders', 2)).toHaveLength(times.length);
    });
  });

  describe('a vote stands', () => {
    const alive = vote('a', { verdict: 'alive', atMs: NOW - 60_000 });
    const standsAtMs = async () => (await store.votes('orders'))[0]?.standsAtMs;

    it('since it was written, as long as no pulse was', async () => {
      await store.vote(alive);
      expect(await standsAtMs()).toBe(NOW - 60_000);
    });

    it('by the latest pulse of its own term', async () => {
      await store.vote(alive);
      await store.takeSeat(pulse('a', { atMs: NOW - 5_000 }), null);
      expect(await standsAtMs()).toBe(NOW - 5_000);
      await store.renewSeat(pulse('a'));
      expect(await standsAtMs()).toBe(NOW);
    });

    it('[invariant 7] by no pulse of another term or another monitor, nor by one that says it was not looked at', async () => {
      await store.vote(alive);
      await store.takeSeat(pulse('b', { term: 'a-1' }), null);
      await store.takeSeat(pulse('a', { term: 'a-0' }), null);
      await store.takeSeat(pulse('a', { shard: 1, unwatched: ['orders'] }), null);
      expect(await standsAtMs()).toBe(NOW - 60_000);
    });

    it('[invariant 7] by no pulse at all, when it is dead', async () => {
      await store.vote({ ...alive, verdict: 'dead' });
      await store.takeSeat(pulse('a'), null);
      expect(await standsAtMs()).toBe(NOW - 60_000);
    });

    it('until its successor has written its own, by what the successor found', async () => {
      await store.vote(alive);
      await store.takeSeat(pulse('a', { term: 'a-2', before: { term: 'a-1', atMs: NOW - 700, unwatched: [] } }), null);
      expect(await standsAtMs()).toBe(NOW - 700);
    });
  });

  describe('a vote that comes late', () => {
    it('does not replace a later one of the same term', async () => {
      await store.vote(vote('a', { verdict: 'alive' }));
      await store.vote(vote('a', { atMs: NOW - 1 }));
      expect(await store.votes('orders')).toEqual([vote('a', { verdict: 'alive' })]);
    });

    it('replaces that of another term: their clocks may differ', async () => {
      await store.vote(vote('a', { verdict: 'alive' }));
      await store.vote(vote('a', { term: 'a-2', atMs: NOW - 1 }));
      expect(await store.votes('orders')).toMatchObject([{ term: 'a-2' }]);
    });
  });

  describe('the seat of a monitor', () => {
    const seat = { monitor: 'a', shard: 0 };
    const first = pulse('a', { term: 'first' });
    const second = pulse('a', { term: 'second', atMs: NOW + 1 });

    it('is empty at first, and had by who comes', async () => {
      expect(await store.pulse(seat)).toBeNull();
      expect(await store.takeSeat(first, null)).toBe(true);
      expect(await store.pulse(seat)).toEqual(first);
    });

    it('is had by one of many at once', async () => {
      const taken = await Promise.all(
        Array.from({ length: 5 }, (_, index) => store.takeSeat({ ...first, term: `holder-${index}` }, null)),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('is taken from who was seen there, and not when that one has beaten since', async () => {
      await store.takeSeat(first, null);
      await store.renewSeat({ ...first, atMs: NOW + 1 });
      expect(await store.takeSeat(second, first)).toBe(false);
      expect(await store.takeSeat(second, { ...first, atMs: NOW + 1 })).toBe(true);
      expect(await store.pulse(seat)).toEqual(second);
    });

    it('is renewed by who has it alone', async () => {
      await store.takeSeat(first, null);
      expect(await store.renewSeat({ ...first, atMs: NOW + 5, unwatched: ['orders'] })).toEqual({
        held: true,
        relief: null,
      });
      expect(await store.renewSeat(second)).toEqual({ held: false });
      expect(await store.pulse(seat)).toEqual({ ...first, atMs: NOW + 5, unwatched: ['orders'] });
    });

    it('is not renewed once it was released', async () => {
      await store.takeSeat(first, null);
      const released = { ...first, atMs: NOW + 5, releasedAtMs: NOW + 4 };
      expect(await store.renewSeat(released)).toMatchObject({ held: true });
      expect(await store.renewSeat(first)).toEqual({ held: false });
      expect(await store.pulse(seat)).toEqual(released);
    });

    it('is asked for by one alone, of whom its holder hears with each renewal', async () => {
      await store.takeSeat(first, null);
      expect(await store.askRelief(first, 'second')).toBe(true);
      expect(await store.askRelief(first, 'third')).toBe(false);
      expect(await store.renewSeat({ ...first, atMs: NOW + 5 })).toEqual({ held: true, relief: 'second' });
      expect(await store.renewSeat({ ...first, atMs: NOW + 10 })).toEqual({ held: true, relief: 'second' });
      expect(await store.pulse(seat)).toMatchObject({ relief: 'second' });
    });

    it('is asked for in vain when it is gone, and asked for anew of who took it', async () => {
      expect(await store.askRelief(first, 'second')).toBe(false);
      await store.takeSeat(first, null);
      await store.askRelief(first, 'third');
      await store.takeSeat(second, first);
      expect(await store.askRelief(first, 'third')).toBe(false);
      expect(await store.renewSeat(second)).toEqual({ held: true, relief: null });
    });

    it('is of one monitor in one shard alone', async () => {
      await store.takeSeat(first, null);
      expect(await store.takeSeat({ ...second, monitor: 'b' }, null)).toBe(true);
      expect(await store.takeSeat({ ...second, shard: 1 }, null)).toBe(true);
      expect(await store.pulse(seat)).toEqual(first);
    });
  });
}
