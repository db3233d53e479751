/**
 * The records of the clusters that one invocation watches, read together. While all is well nobody waits for a reading:
 * who asks has the last one, and one that is due is made meanwhile.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import type { Clock } from '../../lib/ports/cloud.ts';
import type { StateStore } from '../../lib/ports/state.ts';

/** How often the records are read while all is well, in milliseconds. */
export const READ_EVERY_MS = 15_000;
/** DynamoDB gives so many in one call. */
const CLUSTERS_A_BATCH = 100;

/** A record as it was read; null when there is none. */
export interface ReadRecord {
  readonly state: ClusterState | null;
  /** When the reading was begun, by the reader's clock, in epoch milliseconds. */
  readonly atMs: number;
}

export interface Records {
  /** The record of a cluster as last read together with others. Waits, and may reject with `CloudError`, the first time. */
  latest(cluster: string): Promise<ReadRecord>;
  /** Reads all of them, if that was never done. Rejects with `CloudError`. */
  prepare(): Promise<void>;
}

export interface RecordsProps {
  readonly clusters: readonly string[];
  readonly state: Pick<StateStore, 'readAll'>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export function sharedRecords({ clusters, state, clock, log }: RecordsProps): Records {
  const count = Math.ceil(clusters.length / CLUSTERS_A_BATCH);
  const batches = Array.from({ length: count }, (_, index) =>
    // The first readings come together, the later ones one after another.
    batch((READ_EVERY_MS * (index + 1)) / count, {
      clusters: clusters.slice(index * CLUSTERS_A_BATCH, (index + 1) * CLUSTERS_A_BATCH),
      state,
      clock,
      log,
    }),
  );
  const batchOf = new Map(clusters.map((cluster, index) => [cluster, batches[Math.floor(index / CLUSTERS_A_BATCH)]]));

  return {
    async latest(cluster) {
      const its = batchOf.get(cluster);
      if (its === undefined) throw new Error(`cluster ${cluster} is not among those that are watched here`);
      const { atMs, records } = await its();
      return { atMs, state: records.get(cluster) ?? null };
    },
    async prepare() {
      await Promise.all(batches.map((each) => each()));
    },
  };
}

interface Reading {
  readonly atMs: number;
  readonly records: ReadonlyMap<string, ClusterState>;
}

function batch(firstLifeMs: number, { clusters, state, clock, log }: RecordsProps): () => Promise<Reading> {
  let latest: Reading | null = null;
  let dueAtMs = 0;
  let reading: Promise<Reading> | null = null;

  const read = async (): Promise<Reading> => {
    const atMs = clock.now();
    dueAtMs = atMs + (latest === null ? firstLifeMs : READ_EVERY_MS);
    try {
      latest = { atMs, records: await state.readAll(clusters) };
      return latest;
    } finally {
      reading = null;
    }
  };
  return async () => {
    if (latest !== null && clock.now() < dueAtMs) return latest;
    reading ??= read();
    if (latest === null) return reading;
    reading.catch((error: unknown) => log(`could not read the records: ${messageOf(error)}`));
    return latest;
  };
}
