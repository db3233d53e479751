/**
 * @module What a call asks of IAM: the words in which each service's actions are put to the evaluation.
 *
 * Guarantees: an action stands with the resources on which the Service Authorization Reference says that it is judged.
 */
import { type Account, arn } from '../account.ts';
import type { AwsRequest } from '../service.ts';
import type { World } from '../world/world.ts';
import type { RequestContext } from './conditions.ts';

/** One action on one resource; a call is allowed when everything that it asks for is. */
export interface Asked {
  /** Such as `ec2:StopInstances`. */
  readonly action: string;
  /** An ARN; `*` where the action knows no resources. */
  readonly resource: string;
  /** Condition keys of this action, in lower case. */
  readonly context: RequestContext;
}

/** A call before its service has seen it. */
export interface Call {
  readonly request: AwsRequest;
  /** What the path of a REST call holds. */
  readonly pathParameters: readonly string[];
  readonly account: Account;
  /** For names that stand for resources with other ARNs. */
  readonly world: World;
}

/** What a call of one API action asks for. */
export type Mapping = (call: Call) => readonly Asked[];

/** By API action. */
export type Mappings = Readonly<Record<string, Mapping>>;

export function ask(action: string, resources: readonly string[], context: RequestContext = {}): readonly Asked[] {
  return resources.map((resource) => ({ action, resource, context }));
}

/** The tags of a resource, as conditions on `aws:ResourceTag/<key>` have them; keys in lower case, as they are compared. */
export function tagsOf({ world }: Call, id: string): RequestContext {
  return Object.fromEntries(
    [...(world.tags.get(id) ?? [])].map(([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, value]),
  );
}

/** An action that knows no resources. */
export function anything(action: string): Mapping {
  return () => ask(action, ['*']);
}

/** The input of a JSON service. What it holds is the service's to judge. */
export function jsonOf({ request }: Call): Readonly<Record<string, unknown>> {
  try {
    const input: unknown = JSON.parse(request.body.toString() || '{}');
    return typeof input === 'object' && input !== null ? (input as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/** A name as an ARN of the account; an ARN as it stands. */
export function arnOf(account: Account, service: string, type: string, name: unknown): string {
  const text = typeof name === 'string' ? name : '';
  return text.startsWith('arn:') ? text : arn(account, service, `${type}${text}`);
}
