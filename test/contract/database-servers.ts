/**
 * A primary and two replicas for the contract of the Database port, and connections to them as each account.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { accountGrants, failoverSchema, mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import type { Credentials, DatabaseServer, ReplicationSource } from '../../lib/ports/database.ts';
import { certificateAuthority, type CertificateAuthority } from '../../lab/mysql/certificates.ts';
import type { LabServer } from '../../lab/mysql/lab-server.ts';
import { startReplicationSet } from '../../lab/mysql/replication-set.ts';
import { accountSql } from '../../lab/mysql/setup-sql.ts';
import { openNetwork } from '../../lab/net/open-network.ts';
import type { EngineBuild } from '../../lab/packages/engine-build.ts';

export const ACCOUNTS = {
  monitor: { username: 'monitor', password: "mon'itor" },
  operator: { username: 'operator', password: 'oper"ator' },
  replication: { username: 'replication', password: 'repl\\ication' },
  application: { username: 'application', password: 'application' },
  /** An application that was given far too much. */
  administrator: { username: 'administrator', password: 'administrator' },
} as const satisfies Record<string, Credentials>;

export type Row = Record<string, string | number | null>;

export interface TestServers {
  readonly primary: LabServer;
  readonly replicas: readonly [LabServer, LabServer];
  /** Signs the certificates of the servers, each for its address and its name. */
  readonly authority: CertificateAuthority;
  /** Through the port under test. Closed with the servers. */
  connect(server: LabServer, as: Credentials, timeoutMs?: number): Promise<DatabaseServer>;
  /** As a client would, over TCP. */
  client(server: LabServer, as?: Credentials): Promise<Connection>;
  /** As root, over the socket. */
  ask(server: LabServer, sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

export async function startServers(build: EngineBuild): Promise<TestServers> {
  const network = await openNetwork({ kind: 'loopback', tools: {} });
  const directory = await mkdtemp(path.join(tmpdir(), 'db-'));
  const open: { close(): unknown }[] = [];
  const close = async (): Promise<void> => {
    for (const each of open) await each.close();
    await network.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const hosts = [];
    for (const [index, name] of ['db-1', 'db-2', 'db-3'].entries()) {
      hosts.push(await network.addHost({ name, address: `${network.prefix}.1.${11 + index}` }));
    }
    const grants = accountGrants(build.engine);
    const authority = await certificateAuthority();
    const set = await startReplicationSet({
      build,
      hosts,
      directory,
      semiSync: true,
      authority,
      accounts: [],
      replication: { user: ACCOUNTS.replication.username, password: ACCOUNTS.replication.password },
      schema: [
        ...failoverSchema(),
        'CREATE DATABASE app',
        'CREATE TABLE app.writes (id VARCHAR(40) PRIMARY KEY)',
        ...account(ACCOUNTS.monitor, grants.monitor),
        ...account(ACCOUNTS.operator, grants.operator),
        ...account(ACCOUNTS.application, ['SELECT, INSERT ON app.*']),
        ...account(ACCOUNTS.administrator, ['ALL ON *.*']),
      ],
    });
    const [first, second] = set.replicas;
    if (first === undefined || second === undefined) throw new Error('two replicas are needed');
    return {
      primary: set.primary,
      replicas: [first, second],
      authority,
      async connect(server, credentials, timeoutMs = 5_000) {
        const tls = { mode: 'off' } as const;
        const target = { nodeId: server.host.name, engine: build.engine, credentials, tls, timeoutMs, ...at(server) };
        const connected = await mysqlDatabases().connect(target);
        open.push(connected);
        return connected;
      },
      async client(server, { username, password } = ACCOUNTS.application) {
        const connection = await createConnection({ ...at(server), user: username, password });
        connection.on('error', () => {});
        open.push({ close: () => connection.destroy() });
        return connection;
      },
      async ask(server, sql) {
        const connection = await server.adminConnect();
        try {
          const [rows] = await connection.query({ sql, timeout: 10_000 });
          return Array.isArray(rows) ? (rows as Row[]) : [];
        } finally {
          connection.destroy();
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export function at(server: LabServer): { readonly host: string; readonly port: number } {
  return { host: server.host.address, port: server.port };
}

/** The server as a source for others. */
export function sourceAt(server: LabServer): ReplicationSource {
  const settings = { semiSync: true, heartbeatPeriodMs: 500, netTimeoutSeconds: 4 };
  return { ...at(server), credentials: ACCOUNTS.replication, ...settings };
}

/** For `expect.poll`. */
export const soon = { timeout: 10_000, interval: 20 };

function account({ username, password }: Credentials, grants: readonly string[]): string[] {
  return accountSql({ user: username, password, grants });
}
