/**
 * @module How one type of resource is created.
 *
 * Guarantees: properties are checked before anything is made; one that the lab neither models nor knows to be harmless
 * is refused by name, so that a stack never runs on less than it asked for.
 */
import * as z from 'zod';
import type { Account } from '../account.ts';
import type { Access } from '../iam/access.ts';
import type { Identities } from '../identities.ts';
import type { AwsService } from '../service.ts';
import type { CloudWatch } from '../services/cloudwatch.ts';
import type { EventBridge } from '../services/event-bridge.ts';
import type { Lambda } from '../services/lambda.ts';
import type { Scheduler } from '../services/scheduler.ts';
import type { Sns } from '../services/sns.ts';
import type { World } from '../world/world.ts';

/** What resources are made in. */
export interface Target {
  readonly account: Account;
  readonly world: World;
  readonly identities: Identities;
  readonly access: Access;
  readonly lambda: Lambda;
  readonly scheduler: Scheduler;
  readonly eventBridge: EventBridge;
  readonly cloudWatch: CloudWatch;
  readonly sns: Sns;
  readonly dynamoDb: AwsService;
  readonly stepFunctions: AwsService;
}

export interface Context extends Target {
  readonly logicalId: string;
  /** A name for a resource that its template leaves unnamed. */
  readonly generatedName: string;
  /** The unpacked asset under an object key. @throws Error when the assembly has none */
  readonly asset: (objectKey: string) => string;
  /** A directory of this deployment's own, removed with the cloud. */
  readonly scratchDirectory: () => string;
}

export interface Created {
  /** What `Ref` gives. */
  readonly physicalId: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export type Provider = (properties: unknown, context: Context) => Promise<Created>;

/**
 * A provider whose properties have the given shape. `harmless` names properties that change nothing in the lab, such
 * as tags.
 */
export function provider<Shape extends z.ZodRawShape>(
  shape: Shape,
  harmless: readonly string[],
  create: (properties: z.infer<z.ZodObject<Shape>>, context: Context) => Promise<Created> | Created,
): Provider {
  const schema = z.object(shape);
  const accepted = new Set([...Object.keys(shape), ...harmless, 'Tags']);
  return async (properties, context) => {
    const given = (properties ?? {}) as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(given).filter((name) => !accepted.has(name));
    if (unknown.length > 0) throw new Error(`the lab does not model its properties ${unknown.join(', ')}`);
    const parsed = schema.safeParse(given);
    if (parsed.success) return create(parsed.data, context);
    const [issue] = parsed.error.issues;
    throw new Error(`its property ${issue?.path.join('.')} is wrong: ${issue?.message}`);
  };
}

/** A resource that is recorded and has no effect in the lab. */
export function recorded(nameProperty: string): Provider {
  return (properties, context) => {
    const name = (properties as Readonly<Record<string, unknown>> | undefined)?.[nameProperty];
    return Promise.resolve({ physicalId: typeof name === 'string' ? name : context.generatedName });
  };
}
