/**
 * What an invocation measures: counted round by round, written once a minute as one line for the seat and, where it is
 * wanted, one for each cluster. Without a round there is no line, and its absence raises the alarm `monitor-silent`.
 *
 * A cluster counts for an alarm when it had one of its problems in any round of the minute.
 *
 * @module
 */
import { ALARMS } from '../../lib/core/alarms.ts';
import type { Config } from '../../lib/core/config.ts';
import { Histogram } from '../../lib/core/histogram.ts';
import { CLUSTERS_SLOW, countedBy, MONITOR_ROUNDS, ROUND_LATENESS_P99, seatName } from '../../lib/core/metrics.ts';
import { clustersOf } from '../../lib/core/shards.ts';
import type { Clock } from '../../lib/ports/cloud.ts';
import { metricLine } from '../embedded-metrics.ts';
import { clusterMeter, figuresOf, type Figures, type Sight } from './cluster-meter.ts';

export interface MonitorMeter {
  /** What a round on a cluster showed. A round that came to nothing is not told of. */
  saw(sight: Sight): void;
  /** How late a round began. */
  began(lateMs: number): void;
  /** Writes what was not written yet; nothing when there was no round. */
  flush(): void;
}

export interface MeterOptions {
  readonly config: Pick<Config, 'clusters' | 'monitoring'>;
  readonly monitor: string;
  readonly shard: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Takes each line. */
  readonly write: (line: string) => void;
}

const MINUTE_MS = 60_000;

/** Those alarms that count clusters by their problems. */
const COUNTING = ALARMS.filter(({ counts }) => counts.length > 0);

export function monitorMeter({ config, monitor, shard, clock, write }: MeterOptions): MonitorMeter {
  const meters = new Map(clustersOf(config, shard).map((cluster) => [cluster.id, clusterMeter(cluster)]));
  const lateness = new Histogram();
  let rounds = 0;
  let dueAtMs = minuteAfter(clock.now());

  const writeAll = (atMs: number) => {
    const figures = [...meters.values()].map((meter) => meter.figures());
    const named = countClusters(figures);
    const late = lateness.quantile(0.99);
    const ofDeployment = {
      ...Object.fromEntries(Object.entries(named).map(([metric, ids]) => [metric, ids.length])),
      ...figuresOf(figures),
      ...countVerdicts(figures),
      ...countFailures(figures),
      ...(late === null ? {} : { [ROUND_LATENESS_P99]: late }),
    };
    const ofSeat = { dimensions: { seat: seatName(monitor, shard) }, values: { [MONITOR_ROUNDS]: rounds } };
    const clusters = Object.fromEntries(Object.entries(named).filter(([, ids]) => ids.length > 0));
    write(metricLine(atMs, [{ values: ofDeployment }, ofSeat], { clusters }));
    if (config.monitoring.metricsPerCluster) {
      for (const each of figures.filter((one) => one.rounds > 0)) {
        write(metricLine(atMs, [{ dimensions: { cluster: each.cluster }, values: figuresOf([each]) }]));
      }
    }
  };
  const flush = (atMs: number) => {
    if (rounds > 0) writeAll(atMs);
    for (const meter of meters.values()) meter.clear();
    lateness.clear();
    rounds = 0;
  };
  const flushWhenDue = () => {
    const nowMs = clock.now();
    if (nowMs < dueAtMs) return;
    // It is of the minute that is over.
    flush(dueAtMs - 1);
    dueAtMs = minuteAfter(nowMs);
  };

  return {
    saw(sight) {
      flushWhenDue();
      rounds += 1;
      meters.get(sight.cluster)?.saw(sight);
    },
    began(lateMs) {
      flushWhenDue();
      lateness.add(lateMs);
    },
    flush: () => flush(clock.now()),
  };
}

/** The clusters that each alarm is about, by its metric. */
function countClusters(figures: readonly Figures[]): Readonly<Record<string, readonly string[]>> {
  const byProblem = COUNTING.map(({ metric, counts }) => [
    metric,
    figures.filter(({ problems }) => counts.some((code) => problems.has(code))).map(({ cluster }) => cluster),
  ]);
  const slow = figures.filter(({ isSlow }) => isSlow).map(({ cluster }) => cluster);
  return Object.fromEntries([...byProblem, [CLUSTERS_SLOW, slow]]) as Record<string, readonly string[]>;
}

function countVerdicts(figures: readonly Figures[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { verdict } of figures) {
    if (verdict !== null) counts[countedBy('Votes', verdict)] = (counts[countedBy('Votes', verdict)] ?? 0) + 1;
  }
  return counts;
}

/** Only codes that occurred: each would be a metric to pay for. */
function countFailures(figures: readonly Figures[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { failures } of figures) {
    for (const [code, count] of failures) {
      const name = countedBy('ProbeFailures', code);
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  return counts;
}

function minuteAfter(nowMs: number): number {
  return (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
}
