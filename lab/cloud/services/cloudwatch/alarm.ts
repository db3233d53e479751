/** @module What an alarm is made of, and the state that its metric gives it. */
import * as z from 'zod';
import { type MetricId, type MetricStore, STATISTICS } from './metric-store.ts';

export const COMPARISONS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
export const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof STATES)[number];

const ACTIONS = z.array(z.string()).default([]);

/** In the API's own spelling. */
export const ALARM_INPUT = z.strictObject({
  AlarmName: z.string(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: z.boolean().default(true),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
  Statistic: z.enum(STATISTICS),
  Unit: z.string().optional(),
  Period: z.number().int().positive(),
  EvaluationPeriods: z.number().int().positive(),
  DatapointsToAlarm: z.number().int().positive().optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum(COMPARISONS),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
  AlarmActions: ACTIONS,
  OKActions: ACTIONS,
  InsufficientDataActions: ACTIONS,
});
export type AlarmInput = z.infer<typeof ALARM_INPUT>;

export function metricOf({ Namespace, MetricName, Dimensions }: AlarmInput): MetricId {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  return { namespace: Namespace, name: MetricName, dimensions };
}

/**
 * The state after the latest whole periods since the alarm was made. Null: it can't be told yet, or stays as it is.
 *
 * @param periodMs how long a period lasts in the lab
 */
export function evaluate(
  alarm: AlarmInput,
  store: MetricStore,
  times: { readonly nowMs: number; readonly madeAtMs: number; readonly periodMs: number },
): AlarmState | null {
  const { periodMs, madeAtMs } = times;
  const endMs = Math.floor(times.nowMs / periodMs) * periodMs;
  const starts = Array.from({ length: alarm.EvaluationPeriods }, (_, n) => endMs - (n + 1) * periodMs);
  const values = starts
    .filter((fromMs) => fromMs + periodMs > madeAtMs)
    .map((fromMs) => store.statistic(metricOf(alarm), alarm.Statistic, fromMs, fromMs + periodMs));
  const isBreaching = (value: number | undefined) =>
    value === undefined ? alarm.TreatMissingData === 'breaching' : breaches(alarm, value);
  const breaching = values.filter(isBreaching).length;
  if (breaching >= (alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods)) return 'ALARM';
  if (values.length === 0) return null;
  const isSilent = values.every((value) => value === undefined);
  if (isSilent && alarm.TreatMissingData === 'missing') return 'INSUFFICIENT_DATA';
  return isSilent && alarm.TreatMissingData === 'ignore' ? null : 'OK';
}

function breaches({ ComparisonOperator, Threshold }: AlarmInput, value: number): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold;
    default:
      return ComparisonOperator satisfies never;
  }
}
