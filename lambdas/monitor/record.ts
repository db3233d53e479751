/**
 * The record of one cluster as a monitor knows it: read now and then while all is well, and in each round while the
 * primary is missed or the record seems to be old.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import type { Clock } from '../../lib/ports/cloud.ts';
import type { StateStore } from '../../lib/ports/state.ts';

export interface KnownRecord {
  /** @param isWell whether the primary was alive when last asked. Rejects with `CloudError`. */
  current(isWell: boolean): Promise<ClusterState>;
  /** As it was read last; null before the first time. */
  readonly latest: ClusterState | null;
  /**
   * Whether a server has come to know a newer epoch since the record was read: a change has gone by meanwhile. What was
   * seen is then not held against an old record; the next round reads it again.
   */
  isNewlyOutrun(observations: readonly NodeObservation[]): boolean;
}

/** How often the record is read while all is well, in milliseconds. */
const READ_EVERY_MS = 2_000;

export function knownRecord(cluster: ClusterConfig, store: StateStore, clock: Clock): KnownRecord {
  let known: ClusterState | null = null;
  let readAtMs = 0;
  let isOutrun = false;

  return {
    get latest() {
      return known;
    },
    async current(isWell) {
      const nowMs = clock.now();
      if (known !== null && isWell && !isOutrun && nowMs - readAtMs < READ_EVERY_MS) return known;
      known = (await store.read(cluster.id)) ?? (await store.register(cluster.id, cluster.initialPrimary));
      readAtMs = nowMs;
      return known;
    },
    isNewlyOutrun(observations) {
      const wasOutrun = isOutrun;
      const epoch = known?.epoch ?? Infinity;
      isOutrun = observations.some((seen) => seen.reachable && seen.server.epoch > epoch);
      return isOutrun && !wasOutrun;
    },
  };
}
