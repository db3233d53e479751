/**
 * @module Policy documents, read into statements that can be asked.
 *
 * Guarantees: what is wrong with a document, or what the lab would have to ignore of it, is said when it is read, with
 * the place in the document; nothing is left out of a statement silently.
 */
import * as z from 'zod';
import { notModelled } from '../wire/aws-error.ts';
import { CONDITION_BLOCK, type Condition, conditionsOf } from './conditions.ts';
import { likeArn, likeText, type Matches } from './wildcard.ts';

const ONE_OR_MORE = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

const PRINCIPAL = z.union([
  z.literal('*').transform((all): Record<string, string[]> => ({ AWS: [all] })),
  z.record(z.string(), ONE_OR_MORE),
]);

const STATEMENT = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: PRINCIPAL.optional(),
  Action: ONE_OR_MORE.optional(),
  NotAction: ONE_OR_MORE.optional(),
  Resource: ONE_OR_MORE.optional(),
  NotResource: ONE_OR_MORE.optional(),
  Condition: CONDITION_BLOCK.default({}),
});

const DOCUMENT = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.preprocess((written) => [written].flat(), z.array(STATEMENT)),
});

export interface Statement {
  /** The `Sid`, or the statement's place in its policy, such as `#2`. */
  readonly id: string;
  readonly effect: 'Allow' | 'Deny';
  /** As written; empty with `NotAction`. */
  readonly actions: readonly string[];
  coversAction: Matches;
  coversResource: Matches;
  /** Whether `Principal` names somebody: by ARN, or a service by its name. Everybody, in a policy of an identity. */
  readonly namesPrincipal: Matches;
  readonly conditions: readonly Condition[];
  /** Allows everything to everybody who has it. */
  readonly isUnlimited: boolean;
}

/** What a policy belongs to: an identity, a role for the question who may assume it, or a resource. */
export type PolicyKind = 'identity' | 'trust' | 'resource';

/**
 * The statements of a policy.
 *
 * @param name of the policy, for messages
 * @throws Error naming the policy, the place and what is wrong there
 */
export function statementsOf(name: string, document: unknown, kind: PolicyKind): readonly Statement[] {
  const parsed = DOCUMENT.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`policy ${name}: ${issue?.path.join('.') || 'the document'}: ${issue?.message}`);
  }
  return parsed.data.Statement.map((written, index) => {
    const id = written.Sid ?? `#${index + 1}`;
    try {
      return statementOf(id, written, kind);
    } catch (error) {
      throw new Error(`policy ${name}, statement ${id}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  });
}

function statementOf(id: string, written: z.output<typeof STATEMENT>, kind: PolicyKind): Statement {
  const { Effect, Principal, Action, NotAction, Resource, NotResource, Condition } = written;
  if ((Action === undefined) === (NotAction === undefined)) {
    throw new Error('it has both or neither of Action and NotAction; write one of them');
  }
  if (kind === 'identity' && Principal !== undefined) {
    throw new Error('a policy of an identity names no Principal; leave it out');
  }
  if (kind !== 'identity' && Principal === undefined) throw new Error('it says not for whom it is; add a Principal');
  if (kind === 'trust') {
    if (Resource !== undefined || NotResource !== undefined) {
      throw new Error('a trust policy is about its role and names no Resource; leave it out');
    }
  } else if ((Resource === undefined) === (NotResource === undefined)) {
    throw new Error('it has both or neither of Resource and NotResource; write one of them');
  }
  const conditions = conditionsOf(Condition);
  const resources = Resource ?? NotResource ?? ['*'];
  return {
    id,
    effect: Effect,
    actions: Action ?? [],
    coversAction: some(Action ?? NotAction ?? [], (each) => likeText(each, { ignoreCase: true }), Action === undefined),
    coversResource: some(resources, likeArn, NotResource !== undefined),
    namesPrincipal: Principal === undefined ? () => true : principals(Principal),
    conditions,
    isUnlimited:
      Effect === 'Allow' &&
      conditions.length === 0 &&
      Action?.includes('*') === true &&
      Resource?.includes('*') === true,
  };
}

function some(patterns: readonly string[], compile: (pattern: string) => Matches, negated: boolean): Matches {
  const matches = patterns.map(compile);
  return (text) => matches.some((each) => each(text)) !== negated;
}

function principals(written: z.output<typeof PRINCIPAL>): Matches {
  const { AWS = [], Service = [], ...others } = written;
  const unknown = [...Object.keys(others), ...AWS.filter((each) => each !== '*' && !/:(role|user)\//.test(each))];
  if (unknown.length > 0) throw notModelled(`the principal ${unknown.join(', ')}`);
  return (principal) => AWS.includes('*') || AWS.includes(principal) || Service.includes(principal);
}
