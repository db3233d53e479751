import { describe, expect, it } from 'vitest';
import type { ServerObservation } from '../../lib/core/observation.ts';
import { judgeReopen, type ReopenInput } from '../../lib/core/reopen.ts';
import { exampleCluster } from '../fakes/example-config.ts';
import { missing, NOW, replica, seen, seenServer, semiSync } from './examples.ts';

const cluster = exampleCluster();

const primary = (changes: Partial<ServerObservation> = {}) =>
  seenServer('db-1', {
    identity: '1',
    readOnly: true,
    replica: null,
    executed: '0-1-105',
    semiSyncSource: semiSync({ enabled: false }),
    ...changes,
  });

function judge(changes: Partial<ReopenInput> = {}) {
  return judgeReopen({
    cluster,
    state: { primary: 'db-1', promotedAt: '0-1-90', reopenedAtMs: null },
    identity: '1',
    observations: [primary(), seen('db-2', { received: '0-1-105' }), seen('db-3', { received: '0-1-104' })],
    nowMs: NOW,
    ...changes,
  });
}

describe('a primary that was started again is reopened', () => {
  it('when it has all that its replicas received', () => {
    expect(judge()).toEqual({ reopen: true, because: 'db-1 was started again and has all that its replicas received' });
  });

  it('whatever a replica has that does not answer', () => {
    expect(judge({ observations: [primary(), missing('db-2'), missing('db-3')] }).reopen).toBe(true);
  });

  it('again, once the cooldown after the last time is over', () => {
    const state = { primary: 'db-1', promotedAt: null, reopenedAtMs: NOW - cluster.cooldownSeconds * 1_000 };
    expect(judge({ state }).reopen).toBe(true);
  });
});

describe('a primary that was started again is replaced', () => {
  it.each<[string, Partial<ReopenInput>, RegExp]>([
    [
      'when the policy says so',
      { cluster: exampleCluster({ policy: { restart: 'failover' } }) },
      /policy\.restart is failover/,
    ],
    [
      'when it was reopened a moment ago already',
      { state: { primary: 'db-1', promotedAt: null, reopenedAtMs: NOW - 20_000 } },
      /reopened 20 s ago already/,
    ],
    ['when it does not answer any more', { observations: [missing('db-1')] }, /does not answer \(timeout\)/],
    ['when nobody looked at it', { observations: [] }, /does not answer \(not asked\)/],
    ['when another server answers there', { observations: [primary({ identity: '9' })] }, /server 9 answers at db-1/],
    ['when no monitor ever saw which server it is', { identity: null }, /where nobody was last seen/],
    [
      'when it follows somebody by now',
      { observations: [primary({ replica: replica({ sourceHost: '10.0.1.12' }) })] },
      /follows 10\.0\.1\.12/,
    ],
    [
      '[invariant 3] when a replica has received more than it came back with',
      { observations: [primary({ executed: '0-1-103' }), seen('db-2', { received: '0-1-105' })] },
      /lacks 0-1-105, which db-2 shows/,
    ],
    [
      '[invariant 3] when it lacks what it was promoted with',
      { observations: [primary({ executed: '0-1-80' })] },
      /lacks 0-1-90, which its promotion shows/,
    ],
    [
      'when a position can not be read',
      { observations: [primary(), seen('db-2', { received: 'nonsense' })] },
      /can't be compared/,
    ],
  ])('%s', (_, changes, because) => {
    const decision = judge(changes);
    expect(decision.reopen).toBe(false);
    expect(decision.because).toMatch(because);
  });
});
