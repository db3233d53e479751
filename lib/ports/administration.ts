/**
 * What `doctor --fix` asks of a server, as an administrator who sets it up. Every call has a deadline and rejects with
 * `DatabaseError`.
 *
 * @module
 */
import type { AccountRole, Need } from '../core/readiness/privileges.ts';
import type { Credentials, DatabaseTarget } from './database.ts';

/** One statement that may be run again. */
export interface Repair {
  /** With a `?` for each value: this is what people are shown. */
  readonly sql: string;
  /** Passwords. */
  readonly values: readonly string[];
}

/** An account that a server lacks, or that lacks something there. */
export interface AccountRepair {
  readonly role: AccountRole;
  readonly credentials: Credentials;
  /** `user@host`, as the server matches it; null for one that it does not let in. */
  readonly account: string | null;
  readonly missing: readonly Need[];
}

export interface Administration {
  /** Makes the database `failover` and its tables, where they are not there. */
  schemaRepairs(): readonly Repair[];
  /** Makes an account that is not there, with its secret's password, and grants what is missing. Changes no password. */
  accountRepairs(account: AccountRepair): readonly Repair[];
  connect(target: DatabaseTarget): Promise<Administrator>;
}

export interface Administrator {
  run(repair: Repair): Promise<void>;
  close(): Promise<void>;
}
