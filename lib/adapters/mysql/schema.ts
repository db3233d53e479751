/**
 * What an operator sets up once: the tables that the monitors and steps write, and three accounts with the least
 * privileges that suffice. Tests run with these very accounts, so what is documented is what works.
 *
 * @module
 */
import type { Engine } from '../../core/config.ts';

const BEAT = 'INSERT INTO failover.heartbeat (monitor, epoch, written_at_ms, sequence) VALUES (';
export const INSERT_BEAT = `${BEAT}?, ?, ?, ?)
  ON DUPLICATE KEY UPDATE epoch = ?, written_at_ms = ?, sequence = ?`;

/**
 * Whether a statement, as a list of sessions shows it, is a beat of this monitor: the driver has put the values in, and
 * the list may break off after 100 characters, within a long name.
 */
export function isBeatOf(monitor: string, statement: string): boolean {
  const begins = `${BEAT}'${monitor}',`;
  const shown = statement.slice(0, begins.length);
  return shown.length > BEAT.length && begins.startsWith(shown);
}

export const INSERT_EPOCH = 'INSERT INTO failover.epoch (epoch, identity, written_at_ms) VALUES (?, ?, ?)';
export const SELECT_NEWEST_EPOCH = 'SELECT epoch, identity FROM failover.epoch ORDER BY epoch DESC LIMIT 1';

/**
 * Statements that make the `failover` database, the same for both engines. Run them on the primary; they may be run
 * again. `heartbeat` has one row for each monitor, `epoch` one for each promotion.
 */
export function failoverSchema(): readonly string[] {
  return [
    'CREATE DATABASE IF NOT EXISTS failover',
    `CREATE TABLE IF NOT EXISTS failover.heartbeat (
      monitor VARCHAR(31) NOT NULL PRIMARY KEY,
      epoch BIGINT NOT NULL,
      written_at_ms BIGINT NOT NULL,
      sequence BIGINT NOT NULL
    ) ENGINE = InnoDB`,
    `CREATE TABLE IF NOT EXISTS failover.epoch (
      epoch BIGINT NOT NULL PRIMARY KEY,
      identity VARCHAR(36) NOT NULL,
      written_at_ms BIGINT NOT NULL
    ) ENGINE = InnoDB`,
  ];
}

export interface AccountGrants {
  /** Reads status, writes the heartbeat. */
  readonly monitor: readonly string[];
  /** Demotes, promotes and repoints. */
  readonly operator: readonly string[];
  /** Replicas connect with it. */
  readonly replication: readonly string[];
}

/**
 * What to grant, each item to be put between `GRANT` and `TO`. Grants on single tables need the tables: make the
 * schema first.
 */
export function accountGrants(engine: Engine): AccountGrants {
  const beat = ['SELECT, INSERT, UPDATE ON failover.heartbeat', 'SELECT ON failover.epoch'];
  // The newest beat says how far a replica is.
  const epoch = ['SELECT, INSERT ON failover.epoch', 'SELECT ON failover.heartbeat'];
  const replication = ['REPLICATION SLAVE ON *.*'];
  switch (engine) {
    case 'mariadb':
      return {
        monitor: ['SLAVE MONITOR ON *.*', ...beat],
        operator: [
          // READ_ONLY ADMIN writes the epoch while clients can't; PROCESS and CONNECTION ADMIN see and end sessions.
          'READ_ONLY ADMIN, CONNECTION ADMIN, PROCESS, RELOAD, SLAVE MONITOR ON *.*',
          'REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN ON *.*',
          // Who holds READ_ONLY ADMIN, and by which role: their sessions write although the server is read-only.
          'SELECT ON mysql.*',
          ...epoch,
        ],
        replication,
      };
    case 'mysql': {
      const status = ['REPLICATION CLIENT ON *.*', 'SELECT ON performance_schema.*'];
      return {
        monitor: [...status, ...beat],
        operator: [
          ...status,
          'PROCESS, RELOAD ON *.*',
          // CONNECTION_ADMIN also writes the epoch while clients can't; SYSTEM_USER ends sessions of such users.
          'SYSTEM_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN, CONNECTION_ADMIN, SYSTEM_USER ON *.*',
          // Makes every server boot read-only, by SET PERSIST_ONLY.
          'PERSIST_RO_VARIABLES_ADMIN ON *.*',
          ...epoch,
        ],
        replication,
      };
    }
    default:
      return engine satisfies never;
  }
}
