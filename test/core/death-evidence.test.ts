import { describe, expect, it } from 'vitest';
import { judgeFence } from '../../lib/core/proofs.ts';
import { deathEvidence, type DeathInput } from '../../lib/core/proofs/death-evidence.ts';
import type { Vote, Witness } from '../../lib/core/observation.ts';
import { exampleCluster, exampleConfig } from '../fakes/example-config.ts';
import { NOW, vote, witness } from './examples.ts';

const cluster = exampleCluster();
const state = { epoch: 4, primary: 'db-1' };
/** Replicas as Revoke acks leaves them. */
const STOPPED = ['db-2', 'db-3'].map((nodeId) => witness({ nodeId, receiver: 'stopped' }));

function evidenceOf(changes: Partial<DeathInput> = {}) {
  return deathEvidence({
    cluster,
    monitors: exampleConfig().monitors,
    state,
    votes: [vote('b'), vote('c')],
    confirmed: null,
    bootsReadOnly: true,
    nowMs: NOW,
    ...changes,
  });
}
const isProven = (changes: Partial<DeathInput>) => judgeFence([evidenceOf(changes)], cluster.fence).sufficient;
const both = (changes: Partial<Vote>) => [vote('b', changes), vote('c', changes)];
const cutWith = (changes: Partial<Witness>) =>
  evidenceOf({ votes: [vote('b', { witnesses: [witness(changes)] })] }).cut.includes('db-2');

describe('the evidence of a death', () => {
  it('is that monitors are refused, for how long, and which replicas were cut', () => {
    expect(evidenceOf()).toEqual({
      kind: 'dead-and-boots-read-only',
      refusals: [
        { monitor: 'b', availabilityZone: 'eu-central-1b', forMs: 3_000 },
        { monitor: 'c', availabilityZone: 'eu-central-1c', forMs: 3_000 },
      ],
      replicas: ['db-2', 'db-3'],
      cut: ['db-2', 'db-3'],
      bootsReadOnly: true,
    });
    expect(isProven({})).toBe(true);
  });

  it('remembers that replicas were cut before their receivers were stopped', () => {
    const now = both({ witnesses: STOPPED });
    expect(isProven({ votes: now })).toBe(false);
    const then = both({ atMs: NOW - 5_000, sinceMs: NOW - 8_000 });
    expect(isProven({ votes: now, confirmed: { votes: then, atMs: NOW - 5_000 } })).toBe(true);
  });

  it('is one of several monitors together: each may have reached another replica', () => {
    const votes = [
      vote('b', { witnesses: [witness({ nodeId: 'db-2' })] }),
      vote('c', { witnesses: [witness({ nodeId: 'db-3' })] }),
    ];
    expect(isProven({ votes })).toBe(true);
  });
});

describe('[invariant 1] no evidence of a death is', () => {
  it.each<[string, Partial<DeathInput>]>([
    ['a stale vote', { nowMs: NOW + 60_000 }],
    ['a vote from the future', { nowMs: NOW - 5_000 }],
    ['a vote of an older epoch', { state: { ...state, epoch: 5 } }],
    ['a vote on another primary', { votes: both({ primary: 'db-2' }) }],
    ['a vote of a monitor that is not configured', { votes: [vote('b'), vote('x')] }],
    [
      'a vote that claims another zone than is configured',
      { votes: [vote('b'), vote('c', { availabilityZone: 'eu-central-1x' })] },
    ],
    ['a vote of a monitor that is blind', { votes: both({ verdict: 'blind' }) }],
    ['a vote of a monitor that sees it alive', { votes: both({ verdict: 'alive' }) }],
    ['a monitor that had given up its connections', { votes: both({ refusedForMs: null }) }],
    [
      'a monitor that is silent where the port refuses',
      { votes: [vote('b'), vote('c', { refusedForMs: null, failure: 'timeout' })] },
    ],
    [
      'a replica that was cut in an earlier crash',
      {
        votes: both({ witnesses: STOPPED }),
        confirmed: { votes: both({ atMs: NOW - 60_000, sinceMs: NOW - 63_000 }), atMs: NOW - 5_000 },
      },
    ],
    [
      'a replica that was cut, as told by a monitor that can not tell',
      {
        votes: both({ witnesses: STOPPED }),
        confirmed: {
          votes: both({ atMs: NOW - 5_000, sinceMs: NOW - 8_000, refusedForMs: null }),
          atMs: NOW - 5_000,
        },
      },
    ],
  ])('%s', (_, changes) => {
    expect(isProven(changes)).toBe(false);
  });
});

describe('[invariant 1] a replica was cut by its source', () => {
  it.each<[string, Partial<Witness>, boolean]>([
    ['when it heard it until it was missed, and tries to connect again', {}, true],
    ['not when it still receives', { receiver: 'receiving' }, false],
    ['not when somebody has stopped its receiver', { receiver: 'stopped' }, false],
    ['not when it can not be asked', { reachable: false, receiver: null }, false],
    ['not when it is no replica', { receiver: null }, false],
    ['not when nobody knows when it last heard anything', { silentMs: null }, false],
    // Missed for 3 s; two rounds of probes are 2 s.
    ['when it was heard in the last rounds before', { silentMs: 5_000 }, true],
    ['not when it was silent for longer: it may have given up by itself', { silentMs: 5_001 }, false],
  ])('%s', (_, changes, was) => {
    expect(cutWith(changes)).toBe(was);
  });

  it('not when the monitor does not miss the source', () => {
    expect(evidenceOf({ votes: both({ sinceMs: null }) }).cut).toEqual([]);
  });
});
