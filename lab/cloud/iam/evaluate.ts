/**
 * @module AWS's policy evaluation logic for one identity in one account: an explicit deny wins, then an allow; what
 * nothing allows is denied.
 */
import type { RequestContext } from './conditions.ts';
import type { Statement } from './policy.ts';

/** One action on one resource. */
export interface Question {
  /** Such as `ec2:StopInstances`. */
  readonly action: string;
  /** An ARN; `*` where the action knows no resources. */
  readonly resource: string;
  readonly context: RequestContext;
}

export type Decision<S extends Statement = Statement> =
  | { readonly effect: 'allow'; readonly by: readonly S[] }
  | { readonly effect: 'explicit-deny'; readonly by: readonly S[] }
  | { readonly effect: 'implicit-deny' };

/** `by`: every statement that led to the decision. */
export function evaluate<S extends Statement>(statements: readonly S[], question: Question): Decision<S> {
  const { action, resource, context } = question;
  const applying = statements.filter(
    (each) =>
      each.coversAction(action) &&
      each.coversResource(resource) &&
      each.conditions.every((condition) => condition.holds(context)),
  );
  const denying = applying.filter(({ effect }) => effect === 'Deny');
  if (denying.length > 0) return { effect: 'explicit-deny', by: denying };
  return applying.length > 0 ? { effect: 'allow', by: applying } : { effect: 'implicit-deny' };
}
