import { describe, expect, it } from 'vitest';
import type { JournalDetail, JournalEvent } from '../../lib/core/journal.ts';
import { summarize, tellStory } from '../../lib/core/story.ts';
import { NOW, vote } from './examples.ts';

const TRIGGER = { kind: 'monitor', monitor: 'b', epoch: 4 } as const;

/** A whole failover, one event each 100 ms. */
const DETAILS: readonly JournalDetail[] = [
  {
    code: 'opened',
    mode: 'failover',
    trigger: TRIGGER,
    oldPrimary: 'db-1',
    instanceState: 'running',
    force: false,
    dismissed: null,
  },
  {
    code: 'confirmed',
    because: 'monitors b, c of 3 miss db-1, and no replica hears it',
    votes: [
      vote('a', { verdict: 'alive', sinceMs: null }),
      vote('b', { sinceMs: NOW - 2_500 }),
      vote('c', { sinceMs: NOW - 2_000 }),
    ],
  },
  {
    code: 'planned',
    plan: {
      epoch: 5,
      oldPrimary: 'db-1',
      candidate: 'db-2',
      losers: [{ nodeId: 'db-3', code: 'name', because: 'db-3 is as good as db-2; the name decides' }],
      repoint: ['db-3'],
      route: { type: 'secondaryPrivateIp', address: '10.0.1.100', fallbackRecord: 'orders.db.example.internal' },
      possibleLoss: 0,
    },
  },
  { code: 'fence-failed', what: 'demoting by SQL', because: 'no answer' },
  { code: 'fence-evidence', evidence: { kind: 'instance-stopped', instanceId: 'i-1', stateCode: 80 } },
  { code: 'fence-proven', proof: 'instance-stopped', because: 'EC2 says that i-1 is stopped (state code 80)' },
  {
    code: 'settled',
    candidate: 'db-2',
    election: { elected: true, winner: 'db-2', received: '0-1-100', losers: [], possibleLoss: 0 },
  },
  { code: 'promoted', candidate: 'db-2', identity: '2' },
  { code: 'address-moved', address: '10.0.1.100', networkInterfaceId: 'eni-2', tookMs: 40 },
  { code: 'route-verified', route: 'vip', address: '10.0.1.100', identity: '2' },
  { code: 'repointed', nodeId: 'db-3', source: 'db-2' },
];
const event = (detail: JournalDetail, index: number): JournalEvent => ({
  ...detail,
  cluster: 'orders',
  epoch: 5,
  execution: 'orders-e5',
  atMs: NOW + 100 * index,
});
const EVENTS = DETAILS.map(event);
const END = NOW + 1_500;
const without = (code: JournalDetail['code']) => EVENTS.filter((each) => each.code !== code);

describe('[invariant 8] a change is summed up from its journal alone', () => {
  it('with everything that people are told', () => {
    expect(summarize(EVENTS, END)).toEqual({
      cluster: 'orders',
      epoch: 5,
      trigger: TRIGGER,
      oldPrimary: 'db-1',
      newPrimary: 'db-2',
      route: 'vip',
      proof: 'instance-stopped',
      possibleLoss: 0,
      startedAtMs: NOW,
      endedAtMs: END,
      outageMs: 4_000,
    });
  });

  it('counting the outage from the first monitor that missed the primary', () => {
    expect(summarize(EVENTS, END).outageMs).toBe(END - (NOW - 2_500));
  });

  it('counting the outage from the start when no monitor missed it', () => {
    const forced = event({ code: 'confirmed', because: 'an operator forced it', votes: [] }, 1);
    expect(summarize([...without('confirmed'), forced], END).outageMs).toBe(END - NOW);
  });

  it('believing the last of what a step said twice', () => {
    const again = event({ code: 'route-verified', route: 'dns', address: '10.0.1.12', identity: '2' }, 20);
    expect(summarize([...EVENTS, again], END).route).toBe('dns');
  });

  it.each<JournalDetail['code']>(['opened', 'confirmed', 'fence-proven', 'settled', 'promoted', 'route-verified'])(
    'and not at all when it lacks "%s"',
    (code) => {
      expect(() => summarize(without(code), END)).toThrow(`the journal has no event "${code}"`);
    },
  );
});

describe('[invariant 8] the story of a change', () => {
  const OTHERS: readonly JournalDetail[] = [
    { code: 'stood-down', because: 'a: alive' },
    { code: 'fence-unproven', because: 'there is no evidence yet' },
    { code: 'interfaces-isolated', undo: [{ id: 'eni-1', groups: ['sg-1', 'sg-2'] }] },
    { code: 'stop-requested', instanceId: 'i-1' },
    { code: 'route-failed', route: 'vip', because: '10.0.1.100 leads to server 1' },
    { code: 'record-changed', recordName: 'orders.db.example.internal', address: '10.0.1.12' },
    { code: 'repoint-failed', nodeId: 'db-3', because: 'no answer' },
    { code: 'closed', summary: summarize(EVENTS, END) },
    { code: 'halted', at: 'FenceUnproven', because: 'no proof' },
    { code: 'fence-complete', instanceId: 'i-1' },
    { code: 'fence-incomplete', because: 'i-1 is stopping' },
  ];

  it('has a sentence for every event, in their order', () => {
    expect(tellStory([...EVENTS, ...OTHERS.map(event)]).map((each) => each.sentence)).toMatchInlineSnapshot(`
      [
        "opened epoch 5 to replace db-1 (instance running)",
        "confirmed: monitors b, c of 3 miss db-1, and no replica hears it",
        "planned: promote db-2, repoint db-3",
        "fencing failed at demoting by SQL: no answer",
        "fence evidence: instance-stopped",
        "fence proven by instance-stopped: EC2 says that i-1 is stopped (state code 80)",
        "settled: db-2 has applied all that it received",
        "promoted db-2 (server 2)",
        "10.0.1.100 moved to eni-2 in 40 ms",
        "verified by vip: 10.0.1.100 leads to server 2",
        "db-3 now follows db-2",
        "stood down: a: alive",
        "fence not proven: there is no evidence yet",
        "isolating eni-1 (had sg-1, sg-2)",
        "asked EC2 to stop i-1",
        "the route does not lead there: 10.0.1.100 leads to server 1",
        "orders.db.example.internal now holds 10.0.1.12",
        "db-3 could not be repointed: no answer",
        "closed after 4000 ms",
        "halted at FenceUnproven: no proof",
        "fence complete: i-1 is stopped",
        "fence incomplete: i-1 is stopping",
      ]
    `);
  });

  it('says when each happened', () => {
    expect(tellStory(EVENTS).map((each) => each.atMs)).toEqual(EVENTS.map((each) => each.atMs));
  });
});
