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

/** A policy document, intrinsics evaluated. */
export interface Policy {
  readonly name: string;
  readonly document: unknown;
}

export class Identities {
  private readonly principals = new Map<string, string>();
  private readonly policies = new Map<string, Policy[]>();

  /** Issues a key for a principal, an ARN. */
  issue(principal: string): Credentials {
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.principals.set(accessKeyId, principal);
    return {
      accessKeyId,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(20).toString('hex'),
    };
  }

  /** The principal behind an access key. */
  principalOf(accessKeyId: string): string | undefined {
    return this.principals.get(accessKeyId);
  }

  attachPolicy(principal: string, policy: Policy): void {
    this.policies.set(principal, [...this.policiesOf(principal), policy]);
  }

  policiesOf(principal: string): readonly Policy[] {
    return this.policies.get(principal) ?? [];
  }
}
