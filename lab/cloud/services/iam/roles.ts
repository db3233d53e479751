/**
 * @module Roles that were made by the wire.
 *
 * Guarantees: what a role is given counts from the next call on, and what is taken from it no longer; a policy that can't be
 * judged by changes nothing.
 */
import { randomBytes } from 'node:crypto';
import type { Account } from '../../account.ts';
import type { Identities } from '../../identities.ts';
import { AwsError } from '../../wire/aws-error.ts';
import type { ManagedPolicies } from './managed-policies.ts';
import { accepted, noSuchEntity, parseDocument } from './policy-document.ts';

export interface Role {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly description: string;
  /** As it was given. */
  trustPolicy: string;
  readonly createdAt: Date;
  /** Documents as they were given, by name. */
  readonly inline: Map<string, string>;
  /** ARNs of managed policies. */
  readonly attached: Set<string>;
}

export class Roles {
  readonly #account: Account;
  readonly #identities: Identities;
  readonly #managed: ManagedPolicies;
  readonly #roles = new Map<string, Role>();

  constructor(account: Account, identities: Identities, managed: ManagedPolicies) {
    this.#account = account;
    this.#identities = identities;
    this.#managed = managed;
  }

  /** @throws AwsError `EntityAlreadyExists`, `MalformedPolicyDocument` */
  create(spec: Pick<Role, 'name' | 'trustPolicy' | 'path' | 'description'>): Role {
    if (this.#roles.has(spec.name)) {
      throw new AwsError('EntityAlreadyExists', `Role with name ${spec.name} already exists.`, 409);
    }
    const role: Role = {
      ...spec,
      arn: `arn:aws:iam::${this.#account.id}:role${spec.path}${spec.name}`,
      id: `AROA${randomBytes(8).toString('hex').toUpperCase()}`,
      createdAt: new Date(),
      inline: new Map(),
      attached: new Set(),
    };
    const trust = parseDocument(spec.trustPolicy);
    accepted(() => this.#identities.addRole(role.arn, trust));
    this.#roles.set(spec.name, role);
    return role;
  }

  /** @throws AwsError `NoSuchEntity` */
  get(name: string): Role {
    const role = this.#roles.get(name);
    if (role) return role;
    throw noSuchEntity(`The role with name ${name} cannot be found.`);
  }

  all(pathPrefix = '/'): readonly Role[] {
    return [...this.#roles.values()].filter(({ path }) => path.startsWith(pathPrefix));
  }

  setTrust(name: string, document: string): void {
    const role = this.get(name);
    const trust = parseDocument(document);
    accepted(() => this.#identities.addRole(role.arn, trust));
    role.trustPolicy = document;
  }

  /** @throws AwsError `DeleteConflict` while it has policies */
  delete(name: string): void {
    const { arn, inline, attached } = this.get(name);
    if (attached.size > 0) throw conflict('detach all policies');
    if (inline.size > 0) throw conflict('delete policies');
    this.#identities.removeRole(arn);
    this.#roles.delete(name);
  }

  putPolicy(name: string, policyName: string, text: string): void {
    const { arn, inline } = this.get(name);
    const document = parseDocument(text);
    accepted(() => this.#identities.attachPolicy(arn, { name: policyName, document }));
    inline.set(policyName, text);
  }

  /** The document as it was given. @throws AwsError `NoSuchEntity` */
  policy(name: string, policyName: string): string {
    const document = this.get(name).inline.get(policyName);
    if (document !== undefined) return document;
    throw noSuchEntity(`The role policy with name ${policyName} cannot be found.`);
  }

  deletePolicy(name: string, policyName: string): void {
    this.policy(name, policyName);
    const { arn, inline } = this.get(name);
    this.#identities.detachPolicy(arn, policyName);
    inline.delete(policyName);
  }

  /** Idempotent. @throws AwsError `NoSuchEntity` for the role or the policy */
  attach(name: string, policyArn: string): void {
    const { arn, attached } = this.get(name);
    const document = this.#managed.documentOf(policyArn);
    accepted(() => this.#identities.attachPolicy(arn, { name: policyArn, document }));
    attached.add(policyArn);
  }

  /** @throws AwsError `NoSuchEntity` */
  detach(name: string, policyArn: string): void {
    const { arn, attached } = this.get(name);
    if (!attached.delete(policyArn)) throw noSuchEntity(`Policy ${policyArn} was not found.`);
    this.#identities.detachPolicy(arn, policyArn);
  }
}

function conflict(first: string): AwsError {
  return new AwsError('DeleteConflict', `Cannot delete entity, must ${first} first.`, 409);
}
