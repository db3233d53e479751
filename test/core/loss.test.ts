import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from '../../lib/core/config.ts';
import type { Verdict, Vote, Witness } from '../../lib/core/observation.ts';
import { agreeOnLoss, type QuorumInput } from '../../lib/core/quorum.ts';
import { exampleConfig } from '../fakes/example-config.ts';
import { NOW, seen, semiSync, vote, witness } from './examples.ts';

const config = exampleConfig();
const cluster = config.clusters[0]!;

function agree(votes: readonly Vote[], changes: Partial<QuorumInput> = {}) {
  return agreeOnLoss({
    cluster,
    monitors: config.monitors,
    state: { epoch: 4, primary: 'db-1' },
    votes,
    live: [],
    nowMs: NOW,
    ...changes,
  });
}

const withPolicy = (policy: Partial<ClusterConfig['policy']>): Partial<QuorumInput> => ({
  cluster: { ...cluster, policy: { ...cluster.policy, ...policy } },
});
const hearing = (nodeId: string, changes: Partial<Witness> = {}) =>
  witness({ nodeId, receiver: 'receiving', silentMs: 100, ...changes });
const says = (verdict: Verdict, changes: Partial<Vote> = {}) =>
  ['b', 'c'].map((id) => vote(id, { verdict, witnesses: [hearing('db-2'), hearing('db-3')], ...changes }));

describe('the monitors agree on a stall', () => {
  it('when a majority says so and a replica that could acknowledge hears the primary', () => {
    expect(agree(says('stalled'))).toMatchObject({ agreed: true, loss: 'stalled', voters: ['b', 'c'] });
  });

  it('of an asynchronous cluster whatever its replicas do', () => {
    const asynchronous = { cluster: { ...cluster, semiSync: 'off' as const } };
    expect(agree(says('stalled', { witnesses: [], acknowledging: [] }), asynchronous).agreed).toBe(true);
  });

  it('and a majority that says `dead` goes before it', () => {
    const dead = ['a', 'b', 'c'].map((id) => vote(id));
    expect(agree(dead)).toMatchObject({ agreed: true, loss: 'dead' });
  });
});

describe('[invariant 7] the monitors do not agree on a stall', () => {
  it.each<[string, Vote[], Partial<QuorumInput>, string]>([
    ['when one alone says so', [says('stalled')[0]!], {}, 'no-quorum'],
    ['when one says stalled and one dead', [vote('b', { verdict: 'stalled' }), vote('c')], {}, 'no-quorum'],
    [
      'when only monitors beside the primary say so',
      [vote('a', { verdict: 'stalled' }), vote('z', { verdict: 'stalled', availabilityZone: 'eu-central-1a' })],
      {
        monitors: [
          config.monitors[0]!,
          { id: 'z', availabilityZone: 'eu-central-1a', subnetId: 'subnet-z' },
          config.monitors[2]!,
        ],
      },
      'only-the-primary-zone',
    ],
    ['when the policy leaves it to people', says('stalled'), withPolicy({ stalledWrites: 'alarm' }), 'policy'],
    [
      'when no replica receives',
      says('stalled', { witnesses: [hearing('db-2', { receiver: 'stopped' })] }),
      {},
      'no-remedy',
    ],
    [
      'when the replicas have been silent for as long as the dead are',
      says('stalled', { witnesses: [hearing('db-2', { silentMs: 2_000 })] }),
      {},
      'no-remedy',
    ],
    ['when those that hear it do not acknowledge', says('stalled', { acknowledging: [] }), {}, 'no-remedy'],
    [
      'when a commit waits for two and one is left',
      says('stalled', { semiSync: semiSync({ requiredAcks: 2 }), acknowledging: ['db-2'] }),
      {},
      'no-remedy',
    ],
    [
      'when the reader sees no replica receive any more',
      says('stalled'),
      { live: [seen('db-2', { receiver: 'stopped' }), seen('db-3', { receiver: 'connecting' })] },
      'no-remedy',
    ],
  ])('%s', (_, votes, changes, code) => {
    expect(agree(votes, changes)).toMatchObject({ agreed: false, code });
  });
});

describe('the monitors agree on a restart', () => {
  it('when a majority says so, though replicas hear it', () => {
    expect(agree(says('restarted'))).toMatchObject({ agreed: true, loss: 'restarted', voters: ['b', 'c'] });
  });
});

describe('[invariant 7] the monitors do not agree on a restart', () => {
  it.each<[string, Vote[], Partial<QuorumInput>, string]>([
    ['when one alone says so', [says('restarted')[0]!], {}, 'no-quorum'],
    ['when the policy leaves it to people', says('restarted'), withPolicy({ restart: 'alarm' }), 'policy'],
  ])('%s', (_, votes, changes, code) => {
    expect(agree(votes, changes)).toMatchObject({ agreed: false, code });
  });
});
