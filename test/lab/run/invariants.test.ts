import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../lab/run/invariants.ts';
import type { RunFacts } from '../../../lab/run/run-facts.ts';
import type { JournalDetail, JournalEvent } from '../../../lib/core/journal.ts';
import { seenServer } from '../../core/examples.ts';
import { exampleCluster } from '../../fakes/example-config.ts';
import {
  BEFORE,
  changed,
  facts,
  factsOfNoChange,
  FAULT_AT,
  JOURNAL,
  journalOf,
  NODES,
  started,
  without,
  write,
} from './examples.ts';

const later = (event: JournalEvent): JournalEvent => ({ ...event, atMs: event.atMs + 60_000 });
const earlier = (event: JournalEvent): JournalEvent => ({ ...event, atMs: FAULT_AT });
const after = (changes: Partial<RunFacts['after']>) => ({ ...facts().after, ...changes });
const execution = (name: string, changes: Partial<RunFacts['executionsStarted'][number]> = {}) =>
  started({ arn: name, name, ...changes });
const asynchronous = (possibleLoss: number | null): Partial<RunFacts> => ({
  cluster: exampleCluster({ semiSync: 'off' }),
  ledger: { acknowledged: 400, lost: 3, unknown: 0, duplicate: 0 },
  journal: changed('planned', (event) =>
    event.code === 'planned' ? { ...event, plan: { ...event.plan, possibleLoss } } : event,
  ),
});
/** A change that halted when no proof of the fence came. */
const HALTED: Partial<RunFacts> = {
  after: { ...BEFORE, epoch: 5, phase: 'halted' },
  journal: [
    ...JOURNAL.slice(0, 3),
    ...journalOf([{ code: 'halted', at: 'FenceUnproven', because: 'no proof came' }]).map(later),
  ],
  executionsStarted: [execution('orders-e5', { status: 'FAILED' })],
  writes: [write(FAULT_AT - 10)],
  nodes: factsOfNoChange().nodes,
  behindVip: null,
};
const afterTheHalt = (detail: JournalDetail): Partial<RunFacts> => ({
  ...HALTED,
  journal: [...(HALTED.journal ?? []), ...journalOf([detail]).map(later).map(later)],
});
const VIP_MOVED = { code: 'address-moved', address: '10.0.1.100', networkInterfaceId: 'eni-2', tookMs: 40 } as const;
const PROMOTED = { code: 'promoted', candidate: 'db-2', identity: '2' } as const;
const RECORD_CHANGED = {
  code: 'record-changed',
  recordName: 'orders.db.example.internal',
  address: '10.0.1.12',
} as const;
/** The VIP would not move, so the name leads to the new primary. */
const BY_DNS: Partial<RunFacts> = {
  expectedRoute: 'dns',
  after: after({ route: 'dns' }),
  journal: changed(
    'closed',
    (event) => (event.code === 'closed' ? { ...event, summary: { ...event.summary, route: 'dns' } } : event),
    JOURNAL.map((event): JournalEvent => {
      if (event.code === 'address-moved') return { ...event, ...RECORD_CHANGED };
      return event.code === 'route-verified' ? { ...event, route: 'dns', address: '10.0.1.12' } : event;
    }),
  ),
  behindVip: null,
  recordAddress: '10.0.1.12',
};

describe('a run in which all held', () => {
  const ALL = { 1: true, 2: true, 3: true, 4: true, 5: null, 6: null, 7: null, 8: true };
  it.each<[string, RunFacts, object]>([
    ['a clean failover', facts(), ALL],
    ['one by DNS', facts(BY_DNS), ALL],
    ['one with a blind monitor', facts({ blindMonitors: 1 }), { ...ALL, 7: true }],
    ['no change with two blind monitors', factsOfNoChange(), { ...ALL, 1: null, 4: null, 7: true, 8: null }],
    [
      'no change, the old primary still behind the VIP',
      factsOfNoChange({ behindVip: '1' }),
      { ...ALL, 1: null, 7: true, 8: null },
    ],
  ])('%s has no violation', (_what, known, invariants) => {
    expect(checkInvariants(known)).toEqual({ invariants, violations: [] });
  });

  it('a halt breaks no invariant, although it is no failover', () => {
    expect(checkInvariants(facts(HALTED))).toEqual({
      invariants: { ...ALL, 1: null, 4: null, 6: true },
      violations: ['no failover was completed: db-1 is the primary, phase halted'],
    });
  });

  it('a halt after the promotion takes nothing back that was done before', () => {
    const journal = [...without('closed'), ...journalOf([{ code: 'halted', at: 'Close', because: 'x' }]).map(later)];
    expect(checkInvariants(facts({ journal })).invariants[6]).toBe(true);
  });

  it('what came after the report is no part of what it told', () => {
    const proven = { code: 'fence-proven', proof: 'instance-stopped', because: 'a step that ran again' } as const;
    const journal = [...JOURNAL, ...journalOf([proven]).map(later)];
    expect(checkInvariants(facts({ journal })).violations).toEqual([]);
  });

  it('a summary is the same in whatever order its fields were stored', () => {
    const journal = changed('closed', (event) =>
      event.code === 'closed'
        ? { ...event, summary: Object.fromEntries(Object.entries(event.summary).reverse()) as typeof event.summary }
        : event,
    );
    expect(checkInvariants(facts({ journal })).violations).toEqual([]);
  });

  it.each([3, null])('writes lost without semi-sync are no violation when the plan said %j', (possibleLoss) => {
    expect(checkInvariants(facts(asynchronous(possibleLoss))).violations).toEqual([]);
  });
});

describe('an invariant that was broken is false, with a sentence', () => {
  it.each<[number, string, Partial<RunFacts>, string]>([
    [1, 'no proof', { journal: without('fence-proven') }, 'db-2 was promoted without a proof journalled before'],
    [
      1,
      'a proof that came after the promotion',
      { journal: changed('fence-proven', later) },
      'db-2 was promoted without a proof journalled before',
    ],
    [
      1,
      'an old primary that goes on acknowledging',
      { writes: [...facts().writes, write(FAULT_AT + 3_100), write(FAULT_AT + 3_110)] },
      'the old primary acknowledged 2 writes after the promotion',
    ],
    [
      1,
      'two writable servers',
      { nodes: [seenServer('db-1', { identity: '1', readOnly: false }), ...NODES.slice(1)] },
      'db-1 is writable beside db-2',
    ],
    [
      2,
      'two executions in one epoch',
      { journal: changed('repointed', (event) => ({ ...event, execution: 'by-hand' })) },
      '2 executions wrote in epoch 5: orders-e5, by-hand',
    ],
    [
      2,
      'an epoch that no execution made',
      { after: after({ epoch: 6 }) },
      'the epoch grew by 2, but 1 executions were started and 1 succeeded',
    ],
    [
      2,
      'two executions that succeeded with one epoch',
      { executionsStarted: [execution('orders-e5'), execution('orders-e5-r1')] },
      'the epoch grew by 1, but 2 executions were started and 2 succeeded',
    ],
    [
      3,
      'acknowledged writes lost in spite of semi-sync',
      { ledger: { acknowledged: 400, lost: 3, unknown: 0, duplicate: 0 } },
      '3 acknowledged writes are lost although semi-sync is required',
    ],
    [3, 'a loss that was not announced', asynchronous(0), '3 writes are lost, but the plan said that none would be'],
    [
      4,
      'a VIP that moved before the promotion',
      { journal: changed('address-moved', earlier) },
      'the route was moved before the new primary was verified writable',
    ],
    [
      4,
      'a record that changed before the promotion, though the VIP moved after it',
      { journal: [...journalOf([RECORD_CHANGED]).map(earlier), ...JOURNAL] },
      'the route was moved before the new primary was verified writable',
    ],
    [
      4,
      'a route that moved without a promotion',
      { ...HALTED, journal: [...(HALTED.journal ?? []), ...journalOf([VIP_MOVED])] },
      'the route was moved before the new primary was verified writable',
    ],
    [
      4,
      'a VIP that leads elsewhere though nothing was promoted',
      { ...factsOfNoChange(), behindVip: '3' },
      'the VIP leads to server 3 without a promotion',
    ],
    [
      4,
      'a route that was never verified',
      { journal: without('route-verified') },
      'the route was not verified to lead to the new primary',
    ],
    [
      4,
      'a route that was verified to lead to another',
      {
        journal: changed('route-verified', (event) =>
          event.code === 'route-verified' ? { ...event, identity: '3' } : event,
        ),
      },
      'the route was not verified to lead to the new primary',
    ],
    [4, 'a VIP with another behind it', { behindVip: '1' }, 'the VIP leads to server 1, the primary is 2'],
    [4, 'a VIP with nobody behind it', { behindVip: null }, 'the VIP leads to server nobody, the primary is 2'],
    [
      4,
      'a record that holds another address',
      { ...BY_DNS, recordAddress: '10.0.1.100' },
      'the record holds 10.0.1.100, the primary is at 10.0.1.12',
    ],
    [6, 'a promotion after the halt', afterTheHalt(PROMOTED), 'promoted came after the halt'],
    [6, 'a VIP moved after the halt', afterTheHalt(VIP_MOVED), 'address-moved came after the halt'],
    [6, 'a record changed after the halt', afterTheHalt(RECORD_CHANGED), 'record-changed came after the halt'],
    [
      6,
      'a replica repointed after the halt',
      afterTheHalt({ code: 'repointed', nodeId: 'db-3', source: 'db-2' }),
      'repointed came after the halt',
    ],
    [
      7,
      'a change started though two monitors were merely blind',
      { ...factsOfNoChange(), executionsStarted: [execution('orders-e5', { status: 'FAILED' })] },
      'orders-e5 was started although 2 monitors were merely blind',
    ],
    [
      7,
      'a change started before the fault',
      { blindMonitors: 1, executionsStarted: [execution('orders-e5', { startedAtMs: FAULT_AT - 1 })] },
      'orders-e5 was started although 1 monitors were merely blind',
    ],
    [
      8,
      'a report that differs from the journal',
      { journal: changed('opened', (event) => (event.code === 'opened' ? { ...event, oldPrimary: 'db-3' } : event)) },
      'the journal tells another story than was reported',
    ],
    [
      8,
      'a journal with a gap',
      { journal: without('settled') },
      'the journal has no event "settled"; it can\'t tell the whole change',
    ],
    [
      8,
      'a new primary that the journal is silent about',
      { journal: [] },
      'the journal does not say how db-2 came to be the primary of epoch 5',
    ],
  ])('%i: %s', (number, _what, changes, sentence) => {
    const { invariants, violations } = checkInvariants(facts(changes));
    expect(violations).toContain(`invariant ${number}: ${sentence}`);
    expect(invariants[number]).toBe(false);
    const broken = Object.keys(invariants).filter((each) => invariants[each] === false);
    expect(broken.filter((each) => !violations.some((text) => text.startsWith(`invariant ${each}: `)))).toEqual([]);
  });
});
