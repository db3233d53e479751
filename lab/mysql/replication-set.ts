/**
 * A primary and its replicas, real servers on hosts of the lab, ready for traffic: every server has the accounts and
 * the schema, replication runs by GTID, semi-sync is really in force, and only the primary is open.
 *
 * @module
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Host } from '../net/network.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import type { CertificateAuthority } from './certificates.ts';
import { dataTemplate } from './data-template.ts';
import { type LabServer, startServer } from './lab-server.ts';
import { type Account, accountSql, setupSql } from './setup-sql.ts';

const statementTimeoutMs = 10_000;
const readyTimeoutMs = 20_000;
const pollMs = 10;

export interface ReplicationSetSpec {
  readonly build: EngineBuild;
  /** The first one becomes the primary. */
  readonly hosts: readonly Host[];
  /** Each server gets a directory of its own below it. */
  readonly directory: string;
  /** Made on every server, besides the one for replication. */
  readonly accounts: readonly Account[];
  /** By which replicas read from their source. */
  readonly replication: { readonly user: string; readonly password: string };
  /** Statements run on every server before replication starts. */
  readonly schema: readonly string[];
  readonly semiSync: boolean;
  readonly port?: number;
  /** Gives each server a certificate for its host's address; without it, servers speak no TLS. */
  readonly authority?: CertificateAuthority | undefined;
}

export interface ReplicationSet {
  readonly primary: LabServer;
  readonly replicas: readonly LabServer[];
  /** The primary first. */
  readonly servers: readonly LabServer[];
  /** Ends every server that still runs. */
  stop(): Promise<void>;
}

/**
 * Starts the servers and resolves when the primary takes writes and every replica follows it.
 *
 * @throws Error that names the server and what was wrong with it; what was started is ended
 */
export async function startReplicationSet(spec: ReplicationSetSpec): Promise<ReplicationSet> {
  // Made before the servers start together, or each of them would make one.
  await dataTemplate(spec.build);
  const started = await Promise.allSettled(spec.hosts.map((host, index) => startOne(spec, host, index + 1)));
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
  };
  try {
    const failed = started.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const [primary, ...replicas] = servers;
    if (primary === undefined) throw new Error('a replication set needs at least one host; none was given');
    await Promise.all(servers.map((server) => prepare(server, spec)));
    await Promise.all(replicas.map((replica) => attach(replica, primary, spec.replication)));
    await open(primary, spec.semiSync ? replicas.length : 0);
    return { primary, replicas, servers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startOne(spec: ReplicationSetSpec, host: Host, serverId: number): Promise<LabServer> {
  const { build, directory, semiSync, port = 3306, authority } = spec;
  const certificate = await authority?.issue({ names: [host.address, host.name] });
  const dataDirectory = path.join(directory, host.name);
  return await startServer({ build, host, serverId, port, semiSync, dataDirectory, certificate });
}

/** The same statements on each, outside the binary log: all servers start alike and without a single GTID. */
async function prepare(server: LabServer, { accounts, replication, schema }: ReplicationSetSpec): Promise<void> {
  const { unlock, boot } = setupSql[server.build.engine];
  const all = [...accounts, { ...replication, grants: ['REPLICATION SLAVE ON *.*'] }].flatMap(accountSql);
  await withAdmin(server, async (connection) => {
    for (const sql of [...unlock, 'SET sql_log_bin = 0', ...schema, ...all, ...boot]) await run(connection, sql);
  });
}

async function attach(
  replica: LabServer,
  primary: LabServer,
  { user, password }: ReplicationSetSpec['replication'],
): Promise<void> {
  const { attach: attachSql, threads } = setupSql[replica.build.engine];
  await withAdmin(replica, async (connection) => {
    const source = { address: primary.host.address, port: primary.port, user, password };
    for (const sql of attachSql(source)) await run(connection, sql);
    await until(`${replica.host.name} replicates from ${primary.host.name}`, async () => {
      const [status] = await rows(connection, 'SHOW REPLICA STATUS');
      if (status === undefined) return 'it has no source';
      const running = status[threads.io] === 'Yes' && status[threads.sql] === 'Yes';
      return running ? undefined : threads.errors.map((name) => String(status[name])).join(' ');
    });
  });
}

/**
 * Semi-sync is turned on for the primary only. On a replica it makes the applier wait for acknowledgements from
 * replicas of its own, which it does not have: it would apply nothing.
 */
async function open(primary: LabServer, acknowledging: number): Promise<void> {
  const { semiSyncSource, semiSyncStatus, open: openSql } = setupSql[primary.build.engine];
  await withAdmin(primary, async (connection) => {
    if (acknowledging > 0) {
      await run(connection, semiSyncSource);
      await until(`${acknowledging} replicas acknowledge to ${primary.host.name}`, async () => {
        const status = await rows(connection, `SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync%'`);
        const value = (name: string): string => String(status.find((row) => row['Variable_name'] === name)?.['Value']);
        const [on, clients] = [value(semiSyncStatus.on), value(semiSyncStatus.clients)];
        return on === 'ON' && Number(clients) >= acknowledging ? undefined : `semi-sync is ${on} with ${clients}`;
      });
    }
    for (const sql of openSql) await run(connection, sql);
  });
}

async function withAdmin(server: LabServer, use: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await server.adminConnect();
  try {
    await use(connection);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`${server.build.engine} on host ${server.host.name}: ${text}`, { cause: error });
  } finally {
    connection.destroy();
  }
}

async function run(connection: Connection, sql: string): Promise<void> {
  await connection.query({ sql, timeout: statementTimeoutMs });
}

async function rows(connection: Connection, sql: string): Promise<RowDataPacket[]> {
  const [result] = await connection.query<RowDataPacket[]>({ sql, timeout: statementTimeoutMs });
  return result;
}

/** Asks again until nothing is missing any more. */
async function until(what: string, missing: () => Promise<string | undefined>): Promise<void> {
  const giveUpAt = Date.now() + readyTimeoutMs;
  for (;;) {
    const why = await missing();
    if (why === undefined) return;
    if (Date.now() > giveUpAt) throw new Error(`waited ${readyTimeoutMs} ms until ${what}, in vain: ${why}`);
    await delay(pollMs);
  }
}
