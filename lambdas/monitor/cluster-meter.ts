/**
 * What is measured of one cluster in a minute. Taking a round costs a few additions; only what is wrong is remembered by
 * name.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import type { Problem } from '../../lib/core/diagnosis/diagnose.ts';
import { Histogram } from '../../lib/core/histogram.ts';
import { PROBE_FAILURES, PROBE_READ_P99, PROBE_WRITE_P99, REPLICA_LAG_SECONDS } from '../../lib/core/metrics.ts';
import type { Failure, NodeObservation, Verdict } from '../../lib/core/observation.ts';

/** What one round on a cluster showed. Times are epoch milliseconds. */
export interface Sight {
  readonly cluster: string;
  readonly verdict: Verdict;
  readonly atMs: number;
  readonly write: 'ok' | Failure;
  /** When the write had an outcome. */
  readonly wroteAtMs: number;
  readonly primary: NodeObservation;
  readonly others: readonly NodeObservation[];
  readonly problems: readonly Pick<Problem, 'code'>[];
}

/** The figures of a minute. */
export interface Figures {
  readonly cluster: string;
  readonly rounds: number;
  /** Of the latest round; null when there was none. */
  readonly verdict: Verdict | null;
  readonly problems: ReadonlySet<string>;
  readonly failures: ReadonlyMap<Failure, number>;
  readonly reads: Histogram;
  readonly writes: Histogram;
  readonly lagSeconds: number | null;
  /** Probes took more than half of their timeout, a hundredth of them at least. */
  readonly isSlow: boolean;
}

export interface ClusterMeter {
  saw(sight: Sight): void;
  figures(): Figures;
  clear(): void;
}

export function clusterMeter({ id, detection }: Pick<ClusterConfig, 'id' | 'detection'>): ClusterMeter {
  const { timeoutMs, writeTimeoutMs = timeoutMs } = detection;
  const reads = new Histogram();
  const writes = new Histogram();
  const problems = new Set<string>();
  const failures = new Map<Failure, number>();
  let rounds = 0;
  let verdict: Verdict | null = null;
  let lagSeconds: number | null = null;

  const failed = (failure: Failure) => void failures.set(failure, (failures.get(failure) ?? 0) + 1);
  const isLong = (histogram: Histogram, limitMs: number) => (histogram.quantile(0.99) ?? 0) > limitMs / 2;

  return {
    saw(sight) {
      rounds += 1;
      verdict = sight.verdict;
      const { primary, others, write, atMs, wroteAtMs } = sight;
      if (primary.reachable) reads.add(primary.atMs - atMs);
      else failed(primary.failure);
      if (write === 'ok' || write === 'timeout') writes.add(wroteAtMs - atMs);
      if (write !== 'ok') failed(write);
      for (const other of others) {
        if (!other.reachable) failed(other.failure);
        else lagSeconds = greater(lagSeconds, other.server.replica?.lagSeconds ?? null);
      }
      for (const { code } of sight.problems) problems.add(code);
    },
    figures: () => ({
      cluster: id,
      rounds,
      verdict,
      problems,
      failures,
      reads,
      writes,
      lagSeconds,
      isSlow: isLong(reads, timeoutMs) || isLong(writes, writeTimeoutMs),
    }),
    clear() {
      reads.clear();
      writes.clear();
      problems.clear();
      failures.clear();
      rounds = 0;
      verdict = null;
      lagSeconds = null;
    },
  };
}

/** What is measured of one cluster, and of all of them together. What was not measured has no value. */
export function figuresOf(all: readonly Figures[]): Readonly<Record<string, number>> {
  const reads = new Histogram();
  const writes = new Histogram();
  let failures = 0;
  let lagSeconds: number | null = null;
  for (const each of all) {
    reads.addAll(each.reads);
    writes.addAll(each.writes);
    for (const count of each.failures.values()) failures += count;
    lagSeconds = greater(lagSeconds, each.lagSeconds);
  }
  const figures = {
    [PROBE_READ_P99]: reads.quantile(0.99),
    [PROBE_WRITE_P99]: writes.quantile(0.99),
    [REPLICA_LAG_SECONDS]: lagSeconds,
    [PROBE_FAILURES]: failures,
  };
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  );
}

function greater(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
