/**
 * @module The condition blocks of a policy.
 *
 * Guarantees: all conditions of a block must hold; of one condition's values any may. An operator that the lab doesn't
 * know is refused when the policy is read, never taken as fulfilled.
 */
import * as z from 'zod';
import { notModelled } from '../wire/aws-error.ts';
import { likeArn, likeText, type Matches } from './wildcard.ts';

/** What is known of a request besides its action and resource, by condition key in lower case. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

export interface Condition {
  /** In lower case, as keys are compared. */
  readonly key: string;
  holds(context: RequestContext): boolean;
}

const SCALAR = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** A `Condition` element: operator → key → value or values. */
export const CONDITION_BLOCK = z.record(z.string(), z.record(z.string(), z.union([SCALAR, z.array(SCALAR)])));

interface Operator {
  /** Whether a value of the request is what a value of the policy asks for. */
  readonly test: (wanted: string) => Matches;
  /** `StringNotEquals` and its like: no value of the policy may match, and a key that is absent fulfils it. */
  readonly negated?: boolean;
}

const equals: Operator['test'] = (wanted) => (given) => given === wanted;
const equalsInAnyCase: Operator['test'] = (wanted) => (given) => given.toLowerCase() === wanted.toLowerCase();
const numeric =
  (compare: (given: number, wanted: number) => boolean): Operator['test'] =>
  (wanted) =>
  (given) =>
    compare(Number(given), Number(wanted));

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { test: equals },
  StringNotEquals: { test: equals, negated: true },
  StringEqualsIgnoreCase: { test: equalsInAnyCase },
  StringNotEqualsIgnoreCase: { test: equalsInAnyCase, negated: true },
  StringLike: { test: likeText },
  StringNotLike: { test: likeText, negated: true },
  // ArnEquals knows wildcards too, and does the same as ArnLike.
  ArnEquals: { test: likeArn },
  ArnLike: { test: likeArn },
  ArnNotEquals: { test: likeArn, negated: true },
  ArnNotLike: { test: likeArn, negated: true },
  Bool: { test: equalsInAnyCase },
  NumericEquals: { test: numeric((given, wanted) => given === wanted) },
  NumericNotEquals: { test: numeric((given, wanted) => given === wanted), negated: true },
  NumericLessThan: { test: numeric((given, wanted) => given < wanted) },
  NumericLessThanEquals: { test: numeric((given, wanted) => given <= wanted) },
  NumericGreaterThan: { test: numeric((given, wanted) => given > wanted) },
  NumericGreaterThanEquals: { test: numeric((given, wanted) => given >= wanted) },
};

/** @throws AwsError `NotImplemented` naming the operator that the lab does not know */
export function conditionsOf(block: z.output<typeof CONDITION_BLOCK>): readonly Condition[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => conditionOf(operator, key.toLowerCase(), [values].flat())),
  );
}

function conditionOf(name: string, key: string, wanted: readonly string[]): Condition {
  if (name === 'Null') {
    const absent = wanted.includes('true');
    return { key, holds: (context) => (valuesOf(context, key).length === 0) === absent };
  }
  const [, set, bare = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const operator = Object.hasOwn(OPERATORS, bare) ? OPERATORS[bare] : undefined;
  if (operator === undefined) throw notModelled(`the condition operator ${name}`);
  const { test, negated = false } = operator;
  const tests = wanted.map(test);
  const fulfils = (given: string): boolean => tests.some((matches) => matches(given)) !== negated;
  return {
    key,
    holds(context) {
      const given = valuesOf(context, key);
      if (set === 'ForAllValues') return given.every(fulfils);
      if (given.length === 0) return ifExists !== undefined || (negated && set === undefined);
      // Without a set operator AWS allows keys of one value only; of several, each must not be what is forbidden.
      return negated && set === undefined ? given.every(fulfils) : given.some(fulfils);
    },
  };
}

function valuesOf(context: RequestContext, key: string): readonly string[] {
  const value = context[key];
  return value === undefined ? [] : [value].flat();
}
