/** @module Which events a rule takes: exact values, nested as in the event. Prefixes, ranges and the like are refused. */
import { notModelled } from '../../wire/aws-error.ts';

/** An event as EventBridge delivers it. */
export type BusEvent = Readonly<Record<string, unknown>>;

type Scalar = string | number | boolean | null;

/** For each field of an event: the values that it may have, or a pattern of its own fields. */
export interface Pattern {
  readonly [field: string]: readonly Scalar[] | Pattern;
}

/** @throws AwsError `NotImplemented` for a matcher that is no plain value */
export function patternOf(value: unknown): Pattern {
  if (!isObject(value)) throw notModelled(`an event pattern such as ${JSON.stringify(value)}`);
  return Object.fromEntries(
    Object.entries(value).map(([field, wanted]) => [
      field,
      Array.isArray(wanted) ? wanted.map(scalar) : patternOf(wanted),
    ]),
  );
}

/** Whether an event has one of the wanted values in each field of the pattern. */
export function matchesPattern(pattern: Pattern, event: unknown): boolean {
  if (!isObject(event)) return false;
  return Object.entries(pattern).every(([field, wanted]) => {
    const given = event[field];
    if (!isList(wanted)) return matchesPattern(wanted, given);
    // Of a list in the event, one value is enough.
    return [given].flat().some((each) => wanted.some((value) => value === each));
  });
}

function scalar(value: unknown): Scalar {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Scalar;
  throw notModelled(`the matcher ${JSON.stringify(value)} in an event pattern`);
}

function isList(value: readonly Scalar[] | Pattern): value is readonly Scalar[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
