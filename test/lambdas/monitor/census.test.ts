import { beforeEach, describe, expect, it } from 'vitest';
import { census } from '../../../lambdas/monitor/census.ts';
import type { ClusterView } from '../../../lib/core/diagnosis/view.ts';
import { vote } from '../../core/examples.ts';
import { FakeWorld } from '../../fakes/fake-world.ts';

/** Longer than until it looks for the first time, and than between two looks. */
const LONG_MS = 450_000;

describe('the census of a monitor', () => {
  let world: FakeWorld;
  let reads: number;
  let take: (changes?: Partial<ClusterView>) => readonly string[];
  beforeEach(async () => {
    world = new FakeWorld();
    reads = 0;
    const record = await world.state.register('orders', 'db-1');
    const votes = world.state.votes.bind(world.state);
    world.state.votes = async (cluster) => {
      reads += 1;
      return votes(cluster);
    };
    const ask = census(world.cluster, world.monitorContext('a'));
    const view: ClusterView = {
      cluster: world.cluster,
      monitors: world.config.monitors,
      self: 'a',
      record,
      holderRuns: null,
      votes: null,
      standing: null,
      write: 'ok',
      observations: null,
      identities: {},
      instances: null,
      route: null,
      nowMs: 0,
    };
    take = (changes = {}) => ask({ ...view, nowMs: world.clock.now(), ...changes }).map(({ code }) => code);
  });

  it('finds that too few monitors vote, and says so until it looks again', async () => {
    expect(take()).toEqual([]);
    await world.clock.pass(LONG_MS);
    take();
    await world.clock.pass(1);
    expect(take()).toContain('quorum-lost');
    expect(take()).toContain('quorum-lost');
    const now = world.clock.now();
    for (const id of ['a', 'b', 'c']) {
      await world.state.vote(vote(id, { epoch: 1, verdict: 'alive', atMs: now + LONG_MS, standsAtMs: now + LONG_MS }));
    }
    await world.clock.pass(LONG_MS);
    take();
    await world.clock.pass(1);
    expect(take()).not.toContain('quorum-lost');
  });

  it('reads the votes every five minutes, however many rounds there are', async () => {
    for (let second = 0; second < 600; second += 1) {
      take();
      await world.clock.pass(2_000);
    }
    expect(reads).toBeGreaterThanOrEqual(3);
    expect(reads).toBeLessThanOrEqual(5);
  });

  it('leaves it to the round itself where that has read the votes', async () => {
    await world.clock.pass(LONG_MS);
    expect(take({ votes: [] })).toEqual([]);
    expect(reads).toBe(0);
  });

  it('survives a table out of reach', async () => {
    world.state.votes = () => Promise.reject(new Error('no table'));
    await world.clock.pass(LONG_MS);
    take();
    await world.clock.pass(1);
    expect(take()).toEqual([]);
    expect(world.log).toEqual(['a: orders: could not read the votes: no table']);
  });
});
