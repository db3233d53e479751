/**
 * The record of one cluster as a monitor knows it: read together with others now and then while all is well, and alone
 * and in each round otherwise.
 *
 * Nothing is lost by reading it seldom while all is well:
 *
 * - Another primary is written into its servers with its epoch before clients are led to it. Who sees a server that
 *   knows a newer epoch, or a primary that is read-only, reads the record at once.
 * - A lock, a halt, maintenance or a cooldown forbid a start, and starts are for primaries that are not alive: then the
 *   record is read in each round. Who starts something by an old record is refused by `open`, which compares.
 * - A vote on an epoch that has just ended counts all the same when it calls for no change (lib/core/ballot.ts).
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import type { WatchContext } from './context.ts';

export interface KnownRecord {
  /**
   * Once a record is known, a table that is out of reach holds up no round: the primary is looked at under what is known.
   *
   * @param isWell whether the primary was alive when last asked. Rejects with `CloudError` while no record is known.
   */
  current(isWell: boolean): Promise<ClusterState>;
  /** As it was read last; null before the first time. */
  readonly latest: ClusterState | null;
  /**
   * Whether a server has come to know a newer epoch since the record was read: a change has gone by meanwhile. What was
   * seen is then not held against an old record; the next round reads it again.
   */
  isNewlyOutrun(observations: readonly NodeObservation[]): boolean;
}

export function knownRecord(
  cluster: ClusterConfig,
  { state: store, clock, records }: Pick<WatchContext, 'state' | 'clock' | 'records'>,
): KnownRecord {
  let known: ClusterState | null = null;
  let readAtMs = -Infinity;
  let isOutrun = false;

  const readAlone = async () => {
    const atMs = clock.now();
    known = (await store.read(cluster.id)) ?? (await store.register(cluster.id, cluster.initialPrimary));
    readAtMs = atMs;
  };
  const readTogether = async () => {
    const { state, atMs } = await records.latest(cluster.id);
    if (state === null) return readAlone();
    // One that was read alone since then is newer.
    if (atMs > readAtMs) [known, readAtMs] = [state, atMs];
  };

  return {
    get latest() {
      return known;
    },
    async current(isWell) {
      const mayBeOld = known === null || (isWell && !isOutrun && known.phase !== 'changing');
      try {
        await (mayBeOld ? readTogether() : readAlone());
      } catch (error) {
        // It will be told by the vote, which can't be written either.
        if (known === null) throw error;
      }
      if (known === null) throw new Error(`cluster ${cluster.id} has no record after it was read`);
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
