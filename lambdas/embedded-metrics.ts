/**
 * Metrics as a line of a function's log, from which CloudWatch makes them: no call, no permission, no wait.
 *
 * @module
 */
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../lib/core/metrics.ts';

export interface MetricSet {
  /** Besides `service`, which every metric has. */
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, number>>;
}

/**
 * One line. A set of no values is left out; each set may have 100 values, which nothing here comes near.
 *
 * @param atMs the time of all values, in epoch milliseconds
 * @param properties for whoever reads the line; they are no metrics and cost nothing
 */
export function metricLine(
  atMs: number,
  sets: readonly MetricSet[],
  properties: Readonly<Record<string, unknown>> = {},
): string {
  const given = sets.filter(({ values }) => Object.keys(values).length > 0);
  return JSON.stringify({
    _aws: {
      Timestamp: atMs,
      CloudWatchMetrics: given.map(({ dimensions = {}, values }) => ({
        Namespace: METRIC_NAMESPACE,
        Dimensions: [['service', ...Object.keys(dimensions)]],
        Metrics: Object.keys(values).map((Name) => ({ Name })),
      })),
    },
    service: METRIC_SERVICE,
    ...Object.assign({}, ...given.map(({ dimensions }) => dimensions)),
    ...Object.assign({}, ...given.map(({ values }) => values)),
    ...properties,
  });
}
