import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../lib/core/errors.ts';
import { clustersOf, shardsOf } from '../../lib/core/shards.ts';
import { exampleCluster } from '../fakes/example-config.ts';
import { counterexample } from './examples.ts';

const like = exampleCluster();
const deployment = (ids: readonly string[], clustersPerShard: number) => ({
  clusters: ids.map((id) => ({ ...like, id })),
  monitoring: { clustersPerShard, metricsPerCluster: true },
});
/** The shard of each cluster. */
const placesOf = (ids: readonly string[], size: number) =>
  new Map(shardsOf(deployment(ids, size)).flatMap((shard, number) => shard.map(({ id }) => [id, number] as const)));

const clusterIds = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 60 });
const shardSize = fc.integer({ min: 1, max: 20 });

describe('the shards of a deployment', () => {
  it('hold each cluster once, and none holds more than it may', () => {
    const found = counterexample([clusterIds, shardSize], (ids, size) => {
      const shards = shardsOf(deployment(ids, size));
      const placed = shards.flat().map((each) => each.id);
      return placed.join() === ids.join() && shards.every((shard) => shard.length >= 1 && shard.length <= size);
    });
    expect(found).toBeNull();
  });

  it('stay what they are when a cluster is added at the end', () => {
    const found = counterexample([clusterIds, shardSize], (ids, size) => {
      const [before, after] = [placesOf(ids, size), placesOf([...ids, 'new'], size)];
      return ids.every((id) => before.get(id) === after.get(id));
    });
    expect(found).toBeNull();
  });

  it('pass on one cluster each at most when one is added anywhere', () => {
    const found = counterexample([clusterIds, shardSize, fc.nat(60)], (ids, size, at) => {
      const [before, after] = [placesOf(ids, size), placesOf(ids.toSpliced(at, 0, 'new'), size)];
      const moved = ids.filter((id) => before.get(id) !== after.get(id));
      return moved.length <= Math.ceil(ids.length / size);
    });
    expect(found).toBeNull();
  });

  it('are asked for by a number that there is, or refused', () => {
    const three = deployment(['x', 'y', 'z'], 2);
    expect(clustersOf(three, 1).map((each) => each.id)).toEqual(['z']);
    expect(() => clustersOf(three, 2)).toThrow(InvalidInput);
    expect(() => clustersOf(three, 2)).toThrow(
      'shard: received 2; use 0 to 1, as 3 clusters at 2 for each shard make 2',
    );
  });
});
