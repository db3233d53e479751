/** @module Metrics in lines of logs: the embedded metric format. A line of another shape has none. */
import * as z from 'zod';
import type { MetricId } from './metric-store.ts';

const DOCUMENT = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })).max(100),
      }),
    ),
  }),
});

export interface EmbeddedMetric {
  readonly metric: MetricId;
  readonly atMs: number;
  readonly values: readonly number[];
}

export function embeddedMetrics(line: string): readonly EmbeddedMetric[] {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  const parsed = DOCUMENT.safeParse(parse(line));
  if (!parsed.success) return [];
  const { _aws, ...members } = parsed.data;
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.flatMap(({ Name }) => {
        const values = [members[Name]].flat().filter((value) => typeof value === 'number');
        if (values.length === 0) return [];
        const dimensions = Object.fromEntries(names.map((name) => [name, String(members[name])]));
        return [{ metric: { namespace: Namespace, name: Name, dimensions }, atMs: _aws.Timestamp, values }];
      }),
    ),
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
