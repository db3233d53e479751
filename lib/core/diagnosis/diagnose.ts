/**
 * What is wrong with a cluster, from what was seen of it. The same view always gives the same answer, whatever the order
 * of what it holds; nothing in a view makes it throw.
 *
 * @module
 */
import { factsOf } from './facts.ts';
import type { Action, Priority } from './problem.ts';
import { PROBLEMS, type ProblemCode } from './problems.ts';
import type { ClusterView } from './view.ts';

export interface Problem {
  readonly code: ProblemCode;
  readonly priority: Priority;
  /** A node or a monitor, or the cluster. */
  readonly subject: string;
  /** What is wrong, with its figures, as a person reads it. */
  readonly sentence: string;
  readonly action: Action;
}

/**
 * Every problem in a view, the most urgent first, then by subject and in the order of the table.
 *
 * @example
 * const start = diagnose(view).find((problem) => problem.action === 'fail-over');
 */
export function diagnose(view: ClusterView): readonly Problem[] {
  const facts = factsOf(view);
  return PROBLEMS.flatMap(({ code, priority, action, condition }) =>
    condition.matches(facts).map(({ subject, sentence }): Problem => ({ code, priority, subject, sentence, action })),
  ).sort((a, b) => a.priority - b.priority || (a.subject < b.subject ? -1 : Number(a.subject > b.subject)));
}
