/** @module Values of metrics, as alarms ask for them. Each set of dimensions is a metric of its own. */

/** Which metric. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export const STATISTICS = ['Maximum', 'Minimum', 'Sum', 'Average', 'SampleCount'] as const;
export type Statistic = (typeof STATISTICS)[number];

interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** Older samples are forgotten: no alarm of the lab asks for more. */
const KEPT = 5_000;

export class MetricStore {
  private readonly samples = new Map<string, Sample[]>();

  put(metric: MetricId, atMs: number, values: readonly number[]): void {
    const key = keyOf(metric);
    const all = this.samples.get(key) ?? [];
    for (const value of values) all.push({ atMs, value });
    this.samples.set(key, all.length > 2 * KEPT ? all.slice(-KEPT) : all);
  }

  /** Undefined where there is no value in `[fromMs, toMs)`. */
  statistic(metric: MetricId, statistic: Statistic, fromMs: number, toMs: number): number | undefined {
    const values = (this.samples.get(keyOf(metric)) ?? [])
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .map(({ value }) => value);
    if (values.length === 0) return undefined;
    const sum = values.reduce((total, value) => total + value, 0);
    switch (statistic) {
      case 'Maximum':
        return Math.max(...values);
      case 'Minimum':
        return Math.min(...values);
      case 'Sum':
        return sum;
      case 'Average':
        return sum / values.length;
      case 'SampleCount':
        return values.length;
      default:
        return statistic satisfies never;
    }
  }
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  const sorted = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
