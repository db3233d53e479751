/**
 * @module Who may call: roles, and the access keys that stand for them.
 *
 * Guarantees: an access key belongs to one principal for the life of the cloud; a key that was never issued is unknown.
 * Policies are kept as deployed; nothing checks a call against them yet.
 */
import { randomBytes } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Who holds an access key. */
export interface Caller {
  /** The ARN of a role or user. */
  readonly principal: string;
  /** Where a function inside a VPC calls from. */
  readonly vpcId?: string;
}

/** A policy document, intrinsics evaluated. */
export interface Policy {
  readonly name: string;
  readonly document: unknown;
}

export class Identities {
  private readonly callers = new Map<string, Caller>();
  private readonly policies = new Map<string, Policy[]>();

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
    return this.callers.get(accessKeyId);
  }

  attachPolicy(principal: string, policy: Policy): void {
    this.policies.set(principal, [...this.policiesOf(principal), policy]);
  }

  policiesOf(principal: string): readonly Policy[] {
    return this.policies.get(principal) ?? [];
  }
}
