import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from '../../lib/core/config.ts';
import { elect, type Election, type LoserCode } from '../../lib/core/elect.ts';
import { positionsOf } from '../../lib/core/gtid/position.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import { configInput, exampleCluster, nodesInput } from '../fakes/example-config.ts';
import { counterexample, missing, NOW, permutations, replica, seen, seenServer } from './examples.ts';

const choose = (
  observations: readonly NodeObservation[],
  cluster: ClusterConfig = exampleCluster(),
  primaryExecuted: string | null = '0-1-100',
) => elect({ cluster, oldPrimary: 'db-1', observations, primaryExecuted });

const asynchronous = (election: Partial<ClusterConfig['election']> = {}) =>
  exampleCluster({ semiSync: 'off', election });
const promotions = (of: Record<string, 'prefer' | 'neutral' | 'never'>) =>
  exampleCluster({ nodes: nodesInput((id) => ({ promotion: of[id] ?? 'neutral' })) });

/** Codes of those who lost, by node. */
const losers = (election: Election) => Object.fromEntries(election.losers.map((each) => [each.nodeId, each.code]));
const winner = (election: Election) => (election.elected ? election.winner : election.code);

describe('a replica can not be elected', () => {
  it.each<[string, LoserCode, NodeObservation[], ClusterConfig, RegExp]>([
    ['that does not answer', 'unreachable', [missing('db-2')], asynchronous(), /db-2 does not answer \(timeout: no/],
    ['that was not asked', 'unreachable', [], asynchronous(), /db-2 was not asked/],
    ['that is none', 'not-a-replica', [seenServer('db-2', { replica: null })], exampleCluster(), /is not a replica/],
    [
      'that follows another source',
      'other-source',
      [seen('db-2', { sourceHost: '10.9.9.9' })],
      exampleCluster(),
      /replicates from 10\.9\.9\.9, not from 10\.0\.1\.11/,
    ],
    [
      'that keeps no binary log of what it applies',
      'not-a-source',
      [seenServer('db-2', { canBeSource: false, replica: replica() })],
      exampleCluster(),
      /turn on log_bin and log_replica_updates/,
    ],
    ['that filters', 'filtered', [seen('db-2', { filtered: true })], exampleCluster(), /lacks data/],
    ['that is marked never', 'never', [seen('db-2')], promotions({ 'db-2': 'never' }), /marked never/],
    [
      'that has stopped applying',
      'applier-stopped',
      [seen('db-2', { applier: 'stopped', lastError: 'error 1062' })],
      exampleCluster(),
      /stopped applying \(error 1062\)/,
    ],
    [
      'that is too far behind',
      'too-far-behind',
      [seen('db-2', { lagSeconds: 61 })],
      exampleCluster(),
      /61 s behind, more than the 60 s allowed/,
    ],
  ])('%s', (_, code, observations, cluster, because) => {
    const election = choose([...observations, seen('db-3')], cluster);
    expect(winner(election)).toBe('db-3');
    expect(losers(election)).toEqual({ 'db-2': code });
    expect(election.losers[0]?.because).toMatch(because);
  });

  it('but exactly at the lag limit it can', () => {
    expect(winner(choose([seen('db-2', { lagSeconds: 60 }), missing('db-3')], asynchronous()))).toBe('db-2');
  });
});

describe('of two that can be elected the better wins', () => {
  const zones = (of: Record<string, string>) =>
    exampleCluster({ nodes: nodesInput((id) => ({ availabilityZone: of[id] ?? 'eu-central-1a' })) });

  it.each<[string, LoserCode, NodeObservation, NodeObservation, ClusterConfig]>([
    [
      'who has received more, whatever else',
      'fewer-transactions',
      seen('db-2', { received: '0-1-99' }),
      seen('db-3', { semiSync: false, lagSeconds: 9 }),
      promotions({ 'db-2': 'prefer' }),
    ],
    [
      'who acknowledges',
      'not-semi-sync',
      seen('db-2', { semiSync: false }),
      seen('db-3'),
      promotions({ 'db-2': 'prefer' }),
    ],
    [
      'who is preferred',
      'less-preferred',
      seen('db-2'),
      seen('db-3', { lagSeconds: 9 }),
      promotions({ 'db-3': 'prefer' }),
    ],
    [
      'who stands outside the zone that failed',
      'same-zone',
      seen('db-2'),
      seen('db-3', { lagSeconds: 9 }),
      zones({ 'db-3': 'eu-central-1b' }),
    ],
    [
      'who is less behind',
      'more-lag',
      seen('db-2', { lagSeconds: 3 }),
      seen('db-3', { lagSeconds: 2 }),
      exampleCluster(),
    ],
  ])('%s', (_, code, worse, better, cluster) => {
    const election = choose([worse, better], cluster);
    expect(winner(election)).toBe('db-3');
    expect(losers(election)).toEqual({ 'db-2': code });
  });

  it('or else the name decides, and says so', () => {
    const election = choose([seen('db-3'), seen('db-2')]);
    expect(winner(election)).toBe('db-2');
    expect(election.losers).toEqual([
      { nodeId: 'db-3', code: 'name', because: 'db-3 is as good as db-2; the name decides' },
    ]);
  });
});

describe('[invariant 6] nobody is elected', () => {
  it('when nobody can be, with the reason of each', () => {
    const election = choose([missing('db-2'), seen('db-3', { filtered: true })]);
    expect(election).toMatchObject({ elected: false, code: 'no-candidate' });
    expect(election).toHaveProperty('because', expect.stringMatching(/db-2 does not answer.*; db-3 has replication/));
  });

  it('when each of two has what the other lacks, even if one could not be elected anyway', () => {
    const one = seen('db-2', { received: '0-1-99,1-1-5' });
    for (const other of [seen('db-3'), seen('db-3', { filtered: true })]) {
      const election = choose([one, other]);
      expect(election).toMatchObject({ elected: false, code: 'positions-unclear' });
      expect(election).toHaveProperty('because', expect.stringContaining('db-2 and db-3 each have transactions'));
    }
  });

  it('when two ended at one number with different servers', () => {
    expect(winner(choose([seen('db-2'), seen('db-3', { received: '0-2-100' })]))).toBe('positions-unclear');
  });

  it('when a replica that can not be elected has more than the best that can', () => {
    const election = choose([seen('db-2', { received: '0-1-97' }), seen('db-3', { applier: 'stopped' })]);
    expect(election).toMatchObject({ elected: false, code: 'candidate-behind' });
    expect(election).toHaveProperty(
      'because',
      expect.stringContaining('db-3 has 3 transactions that db-2 lacks, and db-3 has stopped applying (by hand)'),
    );
  });

  it('[invariant 1] when another server than the old primary is writable: an earlier change may have opened it', () => {
    const opened = choose([seen('db-2'), seenServer('db-3', { replica: null, readOnly: false })]);
    expect(opened).toMatchObject({ elected: false, code: 'another-writable' });
    expect(opened).toHaveProperty('because', expect.stringContaining('db-3 is writable already'));
  });
});

describe('[invariant 3] with semi-sync nothing acknowledged is lost', () => {
  it('so nobody is elected while a replica that may hold more can not be asked', () => {
    const election = choose([seen('db-2'), missing('db-3')]);
    expect(election).toMatchObject({ elected: false, code: 'replica-missing' });
    expect(election).toHaveProperty('because', expect.stringContaining("db-3 can't be asked and may hold"));
  });

  it('and the policy on possible loss does not matter, as what is missing was acknowledged to nobody', () => {
    const strict = exampleCluster({ election: { onPossibleLoss: 'refuse' } });
    expect(choose([seen('db-2'), seen('db-3')], strict, '0-1-101')).toMatchObject({ winner: 'db-2', possibleLoss: 1 });
  });
});

describe('[invariant 3] without semi-sync the possible loss is measured', () => {
  const both = [seen('db-2', { received: '0-1-97' }), seen('db-3', { received: '0-1-95' })];

  it('and reported', () => {
    expect(choose(both, asynchronous())).toMatchObject({ winner: 'db-2', possibleLoss: 3 });
  });

  it('as nothing when the candidate has all', () => {
    expect(choose(both, asynchronous(), '0-1-97')).toMatchObject({ possibleLoss: 0 });
  });

  it('as unknown when nobody saw how far the old primary was', () => {
    expect(choose(both, asynchronous(), null)).toMatchObject({ winner: 'db-2', possibleLoss: null });
  });

  it.each([
    ['0-1-100', /3 transactions of db-1 never reached db-2/],
    [null, /an unknown number of transactions/],
  ])('and refused where the policy says so: executed %s', (executed, because) => {
    const election = choose(both, asynchronous({ onPossibleLoss: 'refuse' }), executed);
    expect(election).toMatchObject({ elected: false, code: 'possible-loss' });
    expect(election).toHaveProperty('because', expect.stringMatching(because));
  });

  it('but nothing to lose is nothing to refuse', () => {
    expect(winner(choose(both, asynchronous({ onPossibleLoss: 'refuse' }), '0-1-97'))).toBe('db-2');
  });
});

describe('whatever was observed', () => {
  const five = exampleCluster({
    semiSync: 'off',
    nodes: [1, 2, 3, 4, 5].map((n) => ({
      ...configInput().clusters[0]!.nodes[0]!,
      id: `db-${n}`,
      address: `10.0.1.1${n}`,
      instanceId: `i-${n}`,
      networkInterfaceId: `eni-${n}`,
      availabilityZone: n % 2 === 0 ? 'eu-central-1a' : 'eu-central-1b',
      promotion: n === 4 ? ('prefer' as const) : ('neutral' as const),
    })),
  });
  const anyReplica = fc.record({
    received: fc.constantFrom('0-1-98', '0-1-99', '0-1-100', '0-1-100', '0-1-99,1-1-1'),
    semiSync: fc.boolean(),
    lagSeconds: fc.constantFrom(null, 0, 5, 61),
    applier: fc.constantFrom('applying' as const, 'applying' as const, 'stopped' as const),
    filtered: fc.constantFrom(false, false, false, true),
  });
  const anySight = (nodeId: string) =>
    fc.option(anyReplica, { freq: 6 }).map((changes) => (changes === null ? missing(nodeId) : seen(nodeId, changes)));
  const anySights = fc.tuple(anySight('db-2'), anySight('db-3'), anySight('db-4'), anySight('db-5'));

  it('its order never changes the answer', () => {
    const found = counterexample([anySights], (observations) => {
      const [first, ...others] = permutations(observations).map((order) => choose(order, five));
      return others.every((other) => isDeepStrictEqual(other, first));
    });
    expect(found).toBeNull();
  });

  it('[invariant 3] the winner has every transaction of every replica that answers', () => {
    const positions = positionsOf('mariadb');
    const found = counterexample([anySights], (observations) => {
      const election = choose(observations, five);
      if (!election.elected) return true;
      const { received } = election;
      return observations.every(
        (each) => !each.reachable || positions.contains(received, each.server.replica!.received),
      );
    });
    expect(found).toBeNull();
  });

  it('everybody but the winner is told why not', () => {
    const found = counterexample([anySights], (observations) => {
      const election = choose(observations, five);
      if (!election.elected) return true;
      const all = [election.winner, ...election.losers.map((each) => each.nodeId)].sort();
      return (
        all.join() === 'db-2,db-3,db-4,db-5' && election.losers.every((each) => each.because.includes(each.nodeId))
      );
    });
    expect(found).toBeNull();
  });

  it('the old primary never wins', () => {
    const self = seen('db-1', { received: '0-1-500' });
    const found = counterexample([anySights], (observations) =>
      isDeepStrictEqual(choose([self, ...observations], five), choose(observations, five)),
    );
    expect(found).toBeNull();
  });

  it('the age of a look does not matter', () => {
    const old = (each: NodeObservation) => ({ ...each, atMs: NOW - 60_000 });
    const found = counterexample([anySights], (observations) =>
      isDeepStrictEqual(choose(observations.map(old), five), choose(observations, five)),
    );
    expect(found).toBeNull();
  });
});
