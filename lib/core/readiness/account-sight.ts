/**
 * What one account sees of a server and of itself there.
 *
 * @module
 */

export interface AccountSight {
  /** As the server matched it: `user@host`. */
  readonly account: string;
  /** `GRANT … ON …` of this account and of its roles in force, without what follows `TO`: MariaDB puts a hash there. */
  readonly grants: readonly string[];
  /** Whether the connection is encrypted. */
  readonly isEncrypted: boolean;
  /** Columns of each table of the database `failover` that this account may see. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly server: ServerSetup;
}

/** What any account may see of how a server is set up. */
export interface ServerSetup {
  /** `server_uuid` on MySQL, `server_id` on MariaDB. */
  readonly identity: string;
  readonly isReadOnly: boolean;
  /** How often it asks its source for a heartbeat; null on MySQL for an account that may not see it. */
  readonly heartbeatPeriodMs: number | null;
  readonly netTimeoutSeconds: number;
  /** Whether it receives again by itself after a restart; null where the server does not tell: MariaDB. */
  readonly receivesByItself: boolean | null;
  /** Its clock less the looker's, as far as the time that the answer took lets it be told, in milliseconds. */
  readonly clockOffsetMs: number;
}

/** Tables that monitors and steps write, and their columns. `failoverSchema` of the adapter makes them. */
export const FAILOVER_TABLES: Readonly<Record<'heartbeat' | 'epoch', readonly string[]>> = {
  heartbeat: ['monitor', 'epoch', 'written_at_ms', 'sequence'],
  epoch: ['epoch', 'identity', 'written_at_ms'],
};
