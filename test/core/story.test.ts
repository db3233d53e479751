import { describe, expect, it } from 'vitest';
import type { JournalDetail, JournalEvent } from '../../lib/core/journal.ts';
import { summarize } from '../../lib/core/story.ts';
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
  {
    code: 'fence-evidence',
    evidence: { kind: 'instance-stopped', instanceId: 'i-1', expectedInstanceId: 'i-1', stateCode: 80 },
  },
  { code: 'fence-proven', proof: 'instance-stopped', because: 'EC2 says that i-1 is stopped (state code 80)' },
  {
    code: 'settled',
    candidate: 'db-2',
    election: {
      elected: true,
      winner: 'db-2',
      received: '0-1-100',
      losers: [],
      possibleLoss: 0,
      lossAsOfMs: null,
      caveats: [],
    },
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
