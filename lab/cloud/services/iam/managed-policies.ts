/** @module Policies that stand by themselves, to be attached to roles: the account's own, and those of AWS that the lab knows. */
import { randomBytes } from 'node:crypto';
import type { Account } from '../../account.ts';
import { managedPolicy } from '../../iam/managed-policies.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import { noSuchEntity, parseDocument } from './policy-document.ts';

export interface ManagedPolicy {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly document: unknown;
  readonly createdAt: Date;
}

export class ManagedPolicies {
  readonly #account: Account;
  readonly #policies = new Map<string, ManagedPolicy>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** @throws AwsError `EntityAlreadyExists`, `MalformedPolicyDocument` */
  create({ name, path, document }: { name: string; path: string; document: string }): ManagedPolicy {
    const arn = `arn:aws:iam::${this.#account.id}:policy${path}${name}`;
    if (this.#policies.has(arn)) {
      throw new AwsError(
        'EntityAlreadyExists',
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
        409,
      );
    }
    const id = `ANPA${randomBytes(8).toString('hex').toUpperCase()}`;
    const policy = { arn, id, name, path, document: parseDocument(document), createdAt: new Date() };
    this.#policies.set(arn, policy);
    return policy;
  }

  /** @throws AwsError `NoSuchEntity` */
  get(arn: string): ManagedPolicy {
    const policy = this.#policies.get(arn);
    if (policy) return policy;
    throw noSuchEntity(`Policy ${arn} was not found.`);
  }

  /** @throws AwsError `NoSuchEntity` */
  delete(arn: string): void {
    this.#policies.delete(this.get(arn).arn);
  }

  /** @throws AwsError `NoSuchEntity`, or `NotImplemented` for a policy of AWS that the lab doesn't know */
  documentOf(arn: string): unknown {
    if (!arn.startsWith('arn:aws:iam::aws:')) return this.get(arn).document;
    try {
      return managedPolicy(arn);
    } catch (error) {
      throw error instanceof AwsError ? error : notModelled(`the managed policy ${arn}`);
    }
  }
}
