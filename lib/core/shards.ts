/**
 * How the clusters of a deployment are divided among the functions' invocations: each monitor runs one for each shard.
 * The stack and the functions compute the same from the same configuration.
 *
 * Shards are runs of the list as it is written. A cluster that is added at its end moves no other, and one that is added
 * or taken away anywhere moves at most one across each border behind it, even when the number of shards changes: a hash
 * would move a part of all of them then.
 *
 * @module
 */
import type { ClusterConfig, Config } from './config.ts';
import { InvalidInput } from './errors.ts';

/** The clusters of each shard, by its number. */
export function shardsOf({
  clusters,
  monitoring,
}: Pick<Config, 'clusters' | 'monitoring'>): readonly (readonly ClusterConfig[])[] {
  const { clustersPerShard } = monitoring;
  const count = Math.ceil(clusters.length / clustersPerShard);
  return Array.from({ length: count }, (_, shard) =>
    clusters.slice(shard * clustersPerShard, (shard + 1) * clustersPerShard),
  );
}

/** The clusters of one shard. Throws `InvalidInput` for a number that there is not. */
export function clustersOf(config: Pick<Config, 'clusters' | 'monitoring'>, shard: number): readonly ClusterConfig[] {
  const shards = shardsOf(config);
  const clusters = shards[shard];
  if (clusters !== undefined) return clusters;
  throw new InvalidInput(
    `shard: received ${shard}; use 0 to ${shards.length - 1}, as ${config.clusters.length} clusters at ${config.monitoring.clustersPerShard} for each shard make ${shards.length}, or deploy the schedules and the functions together`,
  );
}
