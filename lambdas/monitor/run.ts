/**
 * One invocation of a monitor: it waits for its turn, watches the clusters of its shard for about fourteen minutes, and
 * hands over to the next. Two never look at once, as far as the table can tell them, and between the last round of one
 * and the first of the next lies an interval and what the handing over takes.
 *
 * @module
 */
import { roundsMs } from '../../lib/core/ballot.ts';
import { messageOf } from '../../lib/core/errors.ts';
import { clustersOf } from '../../lib/core/shards.ts';
import type { MonitorContext, WatchContext } from './context.ts';
import { leaseOf } from './lease.ts';
import { sharedRecords } from './records.ts';
import { keepRounds } from './rounds.ts';
import { takeTurn } from './turn.ts';
import { watchCluster } from './watch.ts';

/** How long rounds that are under way at the end are waited for before the seat is released, in milliseconds. */
const LAST_ROUNDS_MS = 50;
/** How long they may take after that, in milliseconds; they vote no more. */
const CLOSING_MS = 3_000;

export interface Invocation {
  readonly id: string;
  /** Number of the shard whose clusters it watches. */
  readonly shard: number;
  /** By Lambda's own watch. */
  readonly remainingMs: () => number;
}

export type RunOutcome = { readonly outcome: 'watched' | 'held-by-another' };

export async function runMonitor(context: MonitorContext, invocation: Invocation): Promise<RunOutcome> {
  const { clock, config, monitor, state, log } = context;
  const clusters = clustersOf(config, invocation.shard);
  const records = sharedRecords({ clusters: clusters.map((each) => each.id), state, clock, log });
  const { id, shard, remainingMs } = invocation;
  const onStandBy = () => {
    records.prepare().catch((error: unknown) => log(`could not read the records: ${messageOf(error)}`));
  };
  const taken = await takeTurn({ monitor: monitor.id, shard, id, remainingMs, onStandBy }, context);
  if (taken === null) return { outcome: 'held-by-another' };

  /** When the last round on each cluster began that did all it should. */
  const watchedAtMs = new Map<string, number>();
  const unwatched = () => {
    const nowMs = clock.now();
    return clusters
      .filter((each) => nowMs - (watchedAtMs.get(each.id) ?? -Infinity) > roundsMs(each.detection))
      .map((each) => each.id);
  };
  const lease = leaseOf({ taken, remainingMs, unwatched }, context);
  const watching: WatchContext = { ...context, term: lease.term, records };

  let running = true;
  /** Clusters whose round is not over. */
  const underWay = new Set<string>();
  const watches = clusters.map((cluster, index) => {
    const { intervalMs } = cluster.detection;
    const watch = watchCluster(cluster, watching);
    const rounds = keepRounds({
      cluster: cluster.id,
      watch,
      // Spread evenly, so that no moment has more to do than another.
      grid: { originMs: taken.anchorMs + (index * intervalMs) / clusters.length, intervalMs },
      clock,
      goesOn: () => running,
      onBegin() {
        const beganAtMs = clock.now();
        underWay.add(cluster.id);
        return (round, succeeded) => {
          underWay.delete(cluster.id);
          if (succeeded) watchedAtMs.set(cluster.id, beganAtMs);
          context.onRound?.(round);
        };
      },
      log,
    });
    return { watch, rounds };
  });
  const end = await lease.keep();
  running = false;
  const stoppedAtMs = clock.now();
  while (underWay.size > 0 && clock.now() - stoppedAtMs < LAST_ROUNDS_MS) await clock.sleep(5);
  if (end !== 'lost') {
    await lease
      .release(stoppedAtMs)
      .catch((error: unknown) => log(`could not release the seat: ${messageOf(error)}; it is free in a while`));
  }
  const closed = Promise.all(watches.flatMap(({ watch, rounds }) => [watch.close(), rounds]));
  await Promise.race([closed, clock.sleep(CLOSING_MS)]);
  return { outcome: 'watched' };
}
