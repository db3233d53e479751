/**
 * The doctor on real servers that nobody has prepared: it finds what is missing, makes it, and then finds nothing.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseTarget } from '../../lambdas/database-target.ts';
import { mysqlAdministration } from '../../lib/adapters/mysql/administration.ts';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import { mysqlInspector } from '../../lib/adapters/mysql/inspect.ts';
import type { ClusterConfig } from '../../lib/core/config.ts';
import { CloudError } from '../../lib/core/errors.ts';
import { doctor, type DoctorAccess, type DoctorEvent } from '../../lib/operator/doctor.ts';
import type { Credentials } from '../../lib/ports/database.ts';
import { certificateAuthority } from '../../lab/mysql/certificates.ts';
import type { LabServer } from '../../lab/mysql/lab-server.ts';
import { startReplicationSet } from '../../lab/mysql/replication-set.ts';
import { accountSql } from '../../lab/mysql/setup-sql.ts';
import type { LabNetwork } from '../../lab/net/network.ts';
import { openNetwork } from '../../lab/net/open-network.ts';
import type { Engine } from '../../lab/packages/engine-build.ts';
import { exampleCluster, nodesInput } from '../fakes/example-config.ts';
import { soon } from './database-servers.ts';
import { onEngine } from './one-server.ts';

const ADMIN: Credentials = { username: 'admin', password: "ad'min" };
const SECRETS: Readonly<Record<string, Credentials>> = {
  monitor: { username: 'failover_monitor', password: "mon'itor" },
  operator: { username: 'failover_operator', password: 'oper"ator' },
  replication: { username: 'failover_replica', password: 'repl\\ica' },
};

export async function doctorContract(engine: Engine): Promise<void> {
  await onEngine(engine, 'the doctor on', (build) => {
    let directory: string;
    let network: LabNetwork;
    let cluster: ClusterConfig;
    let servers: readonly LabServer[] = [];
    let stop = async (): Promise<void> => {};

    const access: DoctorAccess = {
      databases: mysqlDatabases(),
      inspector: mysqlInspector(),
      administration: mysqlAdministration(),
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
      secrets: {
        credentials: async (secretId) => {
          const found = SECRETS[secretId];
          if (found === undefined) throw new CloudError(`there is no secret ${secretId}`);
          return found;
        },
      },
      target: (of, node, credentials) => databaseTarget(of, node, { credentials, timeoutMs: 5_000 }),
      record: () => Promise.resolve(null),
    };

    beforeAll(async () => {
      directory = await mkdtemp(path.join(tmpdir(), 'db-'));
      network = await openNetwork({ kind: 'loopback', tools: {} });
      const hosts = [];
      for (const [index, name] of ['db-1', 'db-2', 'db-3'].entries()) {
        hosts.push(await network.addHost({ name, address: `${network.prefix}.1.${11 + index}` }));
      }
      const authority = await certificateAuthority();
      const set = await startReplicationSet({
        build,
        authority,
        hosts,
        directory,
        semiSync: true,
        accounts: [],
        replication: { user: 'seed', password: 'seed' },
        schema: [
          ...accountSql({ user: ADMIN.username, password: ADMIN.password, grants: ['ALL ON *.*'] }),
          `GRANT GRANT OPTION ON *.* TO '${ADMIN.username}'@'%'`,
        ],
      });
      servers = set.servers;
      stop = () => set.stop();
      const addresses = new Map(hosts.map((host) => [host.name, host.address]));
      cluster = exampleCluster({
        engine,
        bootsReadOnly: true,
        tls: { mode: 'verify-identity', ca: authority.caPem },
        nodes: nodesInput((id) => ({ address: addresses.get(id) ?? '' })),
        route: { type: 'secondaryPrivateIp', address: `${network.prefix}.1.100` },
      });
    });
    afterAll(async () => {
      await stop();
      await network?.close();
      await rm(directory, { recursive: true, force: true });
    });

    async function run(admin: Credentials | null): Promise<readonly DoctorEvent[]> {
      const events: DoctorEvent[] = [];
      for await (const event of doctor(access, cluster, admin)) events.push(event);
      return events;
    }
    const failing = (event: DoctorEvent | undefined) =>
      event?.kind === 'examined'
        ? event.findings.filter(({ severity }) => severity === 'fails').map(({ code, subject }) => `${code} ${subject}`)
        : [event?.kind ?? 'nothing'];
    const statements = (events: readonly DoctorEvent[]) =>
      events.flatMap((event) => (event.kind === 'repairing' ? [`${event.nodeId}: ${event.statement}`] : []));
    const ask = async (server: LabServer, sql: string) => {
      const connection = await server.adminConnect();
      try {
        return (await connection.query({ sql, timeout: 10_000 }))[0];
      } finally {
        connection.destroy();
      }
    };

    describe.sequential('servers that nobody has prepared', () => {
      const roles = ['monitor', 'operator', 'replication'];
      it('are found to refuse every account, and nothing is changed without --fix', async () => {
        const events = await run(null);
        expect(statements(events)).toEqual([]);
        const nodes = ['db-1', 'db-2', 'db-3'];
        expect(failing(events[0])).toEqual(
          nodes.flatMap((node) => roles.map((role) => `account-refused ${node} (${role})`)),
        );
      });

      it('are given tables, accounts and grants on the primary, each statement told before it is run', async () => {
        const events = await run(ADMIN);
        expect(events.filter(({ kind }) => kind === 'repair-failed' || kind === 'repair-refused')).toEqual([]);
        const ran = statements(events);
        expect(ran.every((each) => each.startsWith('db-1: '))).toBe(true);
        expect(ran.slice(0, 3).map((each) => each.split(' ').slice(1, 3).join(' '))).toEqual([
          'CREATE DATABASE',
          'CREATE TABLE',
          'CREATE TABLE',
        ]);
        const words = ran.join('\n');
        for (const { password } of Object.values(SECRETS)) expect(words).not.toContain(password);
        await expect.poll(async () => failing((await run(null))[0]), soon).toEqual([]);
      });

      it('need nothing more: the second time no statement is run', async () => {
        const events = await run(ADMIN);
        expect(statements(events)).toEqual([]);
        expect(events).toHaveLength(1);
      });

      it('are repaired where something is taken away again', async () => {
        const [primary] = servers;
        await ask(primary!, "REVOKE INSERT ON failover.epoch FROM 'failover_operator'@'%'");
        await expect
          .poll(async () => failing((await run(null))[0]), soon)
          .toEqual(
            ['db-1', 'db-2', 'db-3'].map((id) => `privilege-missing ${id} (operator: INSERT ON failover.epoch)`),
          );
        expect(statements(await run(ADMIN))).toEqual([
          "db-1: GRANT INSERT ON failover.epoch TO 'failover_operator'@'%'",
        ]);
        await expect.poll(async () => failing((await run(null))[0]), soon).toEqual([]);
      });

      it('have what a role gives that is in force, and not what one gives that is not', async () => {
        const [primary] = servers;
        const missing = ['db-1', 'db-2', 'db-3'].map(
          (id) => `privilege-missing ${id} (operator: INSERT ON failover.epoch)`,
        );
        await ask(primary!, "REVOKE INSERT ON failover.epoch FROM 'failover_operator'@'%'");
        await ask(primary!, 'CREATE ROLE writer');
        await ask(primary!, 'GRANT INSERT ON failover.epoch TO writer');
        await ask(primary!, "GRANT writer TO 'failover_operator'@'%'");
        await expect.poll(async () => failing((await run(null))[0]), soon).toEqual(missing);
        const whom = "'failover_operator'@'%'";
        await ask(
          primary!,
          engine === 'mysql' ? `SET DEFAULT ROLE ALL TO ${whom}` : `SET DEFAULT ROLE writer FOR ${whom}`,
        );
        await expect.poll(async () => failing((await run(null))[0]), soon).toEqual([]);
      });

      it('tell what an account may do without the hash of its password', async () => {
        for (const credentials of Object.values(SECRETS)) {
          const [node] = cluster.nodes;
          const { account, grants } = await access.inspector.inspect(access.target(cluster, node!, credentials));
          expect(account).toBe(`${credentials.username}@%`);
          expect(grants.length).toBeGreaterThan(0);
          expect(grants.join()).not.toMatch(/IDENTIFIED|\*[0-9A-F]{20}/);
        }
      });

      it('are left alone while a second server takes writes, or the primary is none by the record', async () => {
        await ask(servers[1]!, 'SET GLOBAL read_only = OFF');
        const refused = (await run(ADMIN)).find(({ kind }) => kind === 'repair-refused');
        expect(refused).toMatchObject({ because: expect.stringContaining('db-1 and db-2 take writes') });
        await ask(servers[1]!, 'SET GLOBAL read_only = ON');
        access.record = async () => ({
          primary: 'db-2',
          nominee: null,
          fenced: {},
          promotedAt: null,
          bootsReadOnly: 'unknown',
        });
        expect((await run(ADMIN)).at(-1)).toMatchObject({
          kind: 'repair-refused',
          because: expect.stringContaining('db-1 takes writes, and by the record db-2 is the primary'),
        });
      });
    });
  });
}
