/**
 * The shape of a problem, and of the rows that problems are found by.
 *
 * @module
 */
import type { Facts } from './facts.ts';

/**
 * How soon a person should look:
 *
 * 1. now: applications can't write, or more than one server may take writes, or nobody knows;
 * 2. today: if the primary died, a failover would not happen, would halt, or would lose writes;
 * 3. this week: something that a failover relies on is weaker than it should be;
 * 4. never: it explains what is seen.
 */
export type Priority = 1 | 2 | 3 | 4;

/**
 * What the system does about a problem: starts the workflow, to fail over or to reopen the primary; tells people and
 * changes nothing; looks again, since it can't be told yet; or nothing.
 */
export type Action = 'fail-over' | 'reopen' | 'alarm' | 'wait' | 'none';

/** When there is a problem, in words for the page and as a condition on the facts. */
export interface Condition {
  /** Of whom it is true: `node` is any server, `replica` any besides the primary. */
  readonly about: 'cluster' | 'primary' | 'replica' | 'node' | 'monitor';
  /** Completes "when …". */
  readonly when: string;
  /** Everything that it is true of. Total: it answers for any facts, and throws for none. */
  matches(facts: Facts): readonly Match[];
}

/** What a condition is true of: a node or a monitor by its name, or the cluster; with a sentence for people. */
export interface Match {
  readonly subject: string;
  readonly sentence: string;
}

export interface Row<Code extends string = string> {
  readonly code: Code;
  readonly priority: Priority;
  readonly action: Action;
  readonly condition: Condition;
}

export function row<Code extends string>(
  priority: Priority,
  code: Code,
  action: Action,
  condition: Condition,
): Row<Code> {
  return { code, priority, action, condition };
}
