/**
 * The SQL that sets up replication, in each engine's words.
 *
 * @module
 */
import { escape } from 'mysql2';
import type { Engine } from '../packages/engine-build.ts';

/** An account as `'user'@'%'`. */
export interface Account {
  readonly user: string;
  readonly password: string;
  /** What follows `GRANT` and precedes `TO`: `SELECT, INSERT ON app.*`. */
  readonly grants: readonly string[];
}

/** Where a replica reads from, and as whom. */
export interface Source {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface SetupSql {
  /** Lets root change data although the server is read-only; undone by `boot`. */
  readonly unlock: readonly string[];
  /** Puts back what every server boots with. */
  readonly boot: readonly string[];
  readonly open: readonly string[];
  /** Makes a server wait for acknowledgements of what it commits. */
  readonly semiSyncSource: string;
  /** Status variables that say whether semi-sync is on, and with how many replicas. */
  readonly semiSyncStatus: { readonly on: string; readonly clients: string };
  /** Columns of `SHOW REPLICA STATUS`. */
  readonly threads: { readonly io: string; readonly sql: string; readonly errors: readonly string[] };
  readonly attach: (source: Source) => readonly string[];
}

export const setupSql: Readonly<Record<Engine, SetupSql>> = {
  mariadb: {
    // MariaDB's read_only does not hold for root.
    unlock: [],
    boot: [],
    open: ['SET GLOBAL read_only = OFF'],
    semiSyncSource: 'SET GLOBAL rpl_semi_sync_master_enabled = ON',
    semiSyncStatus: { on: 'Rpl_semi_sync_master_status', clients: 'Rpl_semi_sync_master_clients' },
    threads: { io: 'Slave_IO_Running', sql: 'Slave_SQL_Running', errors: ['Last_IO_Error', 'Last_SQL_Error'] },
    attach: ({ address, port, user, password }) => [
      `CHANGE MASTER TO MASTER_HOST = ${escape(address)}, MASTER_PORT = ${port}, MASTER_USER = ${escape(user)},
       MASTER_PASSWORD = ${escape(password)}, MASTER_USE_GTID = slave_pos, MASTER_HEARTBEAT_PERIOD = 0.25,
       MASTER_CONNECT_RETRY = 1`,
      'START REPLICA',
    ],
  },
  mysql: {
    unlock: ['SET GLOBAL super_read_only = OFF'],
    boot: ['SET GLOBAL super_read_only = ON'],
    open: ['SET GLOBAL super_read_only = OFF', 'SET GLOBAL read_only = OFF'],
    semiSyncSource: 'SET GLOBAL rpl_semi_sync_source_enabled = ON',
    semiSyncStatus: { on: 'Rpl_semi_sync_source_status', clients: 'Rpl_semi_sync_source_clients' },
    threads: { io: 'Replica_IO_Running', sql: 'Replica_SQL_Running', errors: ['Last_IO_Error', 'Last_SQL_Error'] },
    attach: ({ address, port, user, password }) => [
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ${escape(address)}, SOURCE_PORT = ${port},
       SOURCE_USER = ${escape(user)}, SOURCE_PASSWORD = ${escape(password)}, SOURCE_AUTO_POSITION = 1,
       SOURCE_HEARTBEAT_PERIOD = 0.25, SOURCE_CONNECT_RETRY = 1, GET_SOURCE_PUBLIC_KEY = 1`,
      'START REPLICA',
    ],
  },
};

/** Statements that make an account. */
export function accountSql({ user, password, grants }: Account): string[] {
  const name = `${escape(user)}@'%'`;
  return [
    `CREATE USER ${name} IDENTIFIED BY ${escape(password)}`,
    ...grants.map((grant) => `GRANT ${grant} TO ${name}`),
  ];
}
