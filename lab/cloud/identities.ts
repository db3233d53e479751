/**
 * @module Who may call: roles with their policies, and the access keys that stand for them.
 *
 * Guarantees: an access key belongs to one principal for the life of the cloud; a key that was never issued is unknown, or
 * that of the stranger to whom a cloud is open. A policy that the lab could not judge a call by is refused when it is
 * attached.
 */
import { randomBytes } from 'node:crypto';
import { assertSuppliedKeys } from './iam/condition-keys.ts';
import type { RequestContext } from './iam/conditions.ts';
import { type Statement, statementsOf } from './iam/policy.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Who holds an access key. */
export interface Caller {
  /** The ARN of a role or user. */
  readonly principal: string;
  /** Under which name a role is used, such as that of a function. */
  readonly session?: string;
  /** Where a function inside a VPC calls from. */
  readonly vpcId?: string;
  /** The function that runs under the role. */
  readonly functionName?: string;
  /** Of a function that stands in one zone alone. */
  readonly availabilityZone?: string;
  /** Condition keys that its requests carry besides the usual ones, in lower case. */
  readonly context?: RequestContext;
}

/** A policy document, intrinsics evaluated. */
export interface Policy {
  readonly name: string;
  readonly document: unknown;
}

/** A statement of a policy that is attached to somebody. */
export interface Granted extends Statement {
  readonly policy: string;
}

export class Identities {
  private readonly callers = new Map<string, Caller>();
  private readonly granted = new Map<string, readonly Granted[]>();
  private readonly trusted = new Map<string, readonly Statement[]>();
  private readonly policies = new Map<string, unknown>();
  private readonly ofResources = new Map<string, readonly Granted[]>();
  private readonly stranger: Caller | undefined;

  /** @param stranger who holds the keys that were never issued; without one they are unknown */
  constructor(stranger?: Caller) {
    this.stranger = stranger;
  }

  issue(caller: Caller): Credentials {
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.callers.set(accessKeyId, caller);
    return {
      accessKeyId,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(20).toString('hex'),
    };
  }

  callerOf(accessKeyId: string): Caller | undefined {
    return this.callers.get(accessKeyId) ?? this.stranger;
  }

  /** @throws Error naming what is wrong with the trust policy */
  addRole(roleArn: string, trustPolicy: unknown): void {
    const statements = statementsOf(`of who may assume ${roleArn}`, trustPolicy, 'trust');
    assertSuppliedKeys('trust', statements);
    this.trusted.set(roleArn, statements);
  }

  /** Undefined for a role that isn't there. */
  trustOf(roleArn: string): readonly Statement[] | undefined {
    return this.trusted.get(roleArn);
  }

  /** The ARNs of every role, in the order in which they were made. */
  get roles(): readonly string[] {
    return [...this.trusted.keys()];
  }

  /** A policy that stands by itself, to be attached to roles by its ARN. */
  addPolicy(policyArn: string, document: unknown): void {
    this.policies.set(policyArn, document);
  }

  /** Undefined when none was added under this ARN. */
  policyDocument(policyArn: string): unknown {
    return this.policies.get(policyArn);
  }

  /** @throws Error naming what is wrong with the policy, or what the lab could not judge of it */
  attachPolicy(principal: string, { name, document }: Policy): void {
    const statements = statementsOf(name, document, 'identity');
    assertSuppliedKeys('identity', statements);
    const added = statements.map((statement) => ({ ...statement, policy: name }));
    const others = this.statementsOf(principal).filter(({ policy }) => policy !== name);
    this.granted.set(principal, [...others, ...added]);
  }

  /** Takes a policy away, by the name under which it was attached. */
  detachPolicy(principal: string, name: string): void {
    const others = this.statementsOf(principal).filter(({ policy }) => policy !== name);
    this.granted.set(principal, others);
  }

  /** Its keys stay, and allow nothing. */
  removeRole(roleArn: string): void {
    this.trusted.delete(roleArn);
    this.granted.delete(roleArn);
  }

  statementsOf(principal: string): readonly Granted[] {
    return this.granted.get(principal) ?? [];
  }

  /** Replaces the policy of a resource. @throws Error as `attachPolicy` does */
  putResourcePolicy(resourceArn: string, document: unknown): void {
    const policy = `of ${resourceArn}`;
    const statements = statementsOf(policy, document, 'resource');
    assertSuppliedKeys('resource', statements);
    this.ofResources.set(
      resourceArn,
      statements.map((statement) => ({ ...statement, policy })),
    );
  }

  /** Undefined for a resource without a policy of its own. */
  resourceStatementsOf(resourceArn: string): readonly Granted[] | undefined {
    return this.ofResources.get(resourceArn);
  }
}
