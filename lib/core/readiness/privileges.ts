/**
 * What each account must be able to do, and what for. `accountGrants` of the MySQL adapter grants exactly this, which a
 * test sees to.
 *
 * @module
 */
import type { Engine } from '../config.ts';
import { isGranted } from './grants.ts';

/** The three accounts, as `secrets` of the configuration names them. */
export const ACCOUNT_ROLES = ['monitor', 'operator', 'replication'] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

export interface Need {
  readonly privilege: string;
  /** `*.*`, `database.*` or `database.table`. */
  readonly on: string;
  /** Completes "to …". */
  readonly purpose: string;
}

const EPOCH: readonly Need[] = [
  { privilege: 'SELECT', on: 'failover.epoch', purpose: 'see under which epoch a server was opened' },
];
const BEAT: readonly Need[] = (['SELECT', 'INSERT', 'UPDATE'] as const).map((privilege) => ({
  privilege,
  on: 'failover.heartbeat',
  purpose: 'write the heartbeat',
}));
const WRITE_EPOCH: readonly Need[] = [
  ...EPOCH,
  { privilege: 'SELECT', on: 'failover.heartbeat', purpose: 'see by the newest beat how far a replica is behind' },
  { privilege: 'INSERT', on: 'failover.epoch', purpose: 'write the new epoch before a server is opened' },
];
const REPLICATION: readonly Need[] = [
  { privilege: 'REPLICATION SLAVE', on: '*.*', purpose: 'receive what the primary writes' },
];
const SESSIONS = 'see and end the sessions that could still write';

const MARIADB_STATUS: readonly Need[] = [
  { privilege: 'SLAVE MONITOR', on: '*.*', purpose: 'see how far a replica is' },
];
const MYSQL_STATUS: readonly Need[] = [
  { privilege: 'REPLICATION CLIENT', on: '*.*', purpose: 'see how far a replica is' },
  { privilege: 'SELECT', on: 'performance_schema.*', purpose: 'read status and settings' },
];

const NEEDS: Readonly<Record<Engine, Readonly<Record<AccountRole, readonly Need[]>>>> = {
  mariadb: {
    monitor: [...MARIADB_STATUS, ...BEAT, ...EPOCH],
    operator: [
      ...MARIADB_STATUS,
      { privilege: 'READ_ONLY ADMIN', on: '*.*', purpose: "write the epoch while clients can't write" },
      { privilege: 'CONNECTION ADMIN', on: '*.*', purpose: SESSIONS },
      { privilege: 'PROCESS', on: '*.*', purpose: SESSIONS },
      { privilege: 'RELOAD', on: '*.*', purpose: 'end a replica role for good' },
      { privilege: 'REPLICATION SLAVE ADMIN', on: '*.*', purpose: 'stop, start and repoint a replica' },
      { privilege: 'REPLICATION MASTER ADMIN', on: '*.*', purpose: 'turn semi-sync on and off' },
      { privilege: 'SELECT', on: 'mysql.*', purpose: 'see who can write although a server is read-only' },
      ...WRITE_EPOCH,
    ],
    replication: REPLICATION,
  },
  mysql: {
    monitor: [...MYSQL_STATUS, ...BEAT, ...EPOCH],
    operator: [
      ...MYSQL_STATUS,
      { privilege: 'SYSTEM_VARIABLES_ADMIN', on: '*.*', purpose: 'open and close a server for writes' },
      { privilege: 'CONNECTION_ADMIN', on: '*.*', purpose: SESSIONS },
      { privilege: 'SYSTEM_USER', on: '*.*', purpose: 'end sessions of administrators' },
      { privilege: 'PROCESS', on: '*.*', purpose: SESSIONS },
      { privilege: 'RELOAD', on: '*.*', purpose: 'end a replica role for good' },
      { privilege: 'REPLICATION_SLAVE_ADMIN', on: '*.*', purpose: 'stop, start and repoint a replica' },
      { privilege: 'PERSIST_RO_VARIABLES_ADMIN', on: '*.*', purpose: 'make a server boot read-only' },
      ...WRITE_EPOCH,
    ],
    replication: REPLICATION,
  },
};

export function needsOf(engine: Engine, role: AccountRole): readonly Need[] {
  return NEEDS[engine][role];
}

/** @param grants lines of `SHOW GRANTS` of the account itself, with its roles in force */
export function missingPrivileges(engine: Engine, role: AccountRole, grants: readonly string[]): readonly Need[] {
  return needsOf(engine, role).filter(({ privilege, on }) => !isGranted(grants, privilege, on));
}
