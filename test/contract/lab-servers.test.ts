import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateAuthority } from '../../lab/mysql/certificates.ts';
import { type LabServer, startServer } from '../../lab/mysql/lab-server.ts';
import { type ReplicationSet, startReplicationSet } from '../../lab/mysql/replication-set.ts';
import type { Host, LabNetwork } from '../../lab/net/network.ts';
import { openNetwork } from '../../lab/net/open-network.ts';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { findEngine } from '../../lab/packages/find-engine.ts';

const soon = { timeout: 10_000, interval: 20 };
/** A commit with semi-sync takes a few milliseconds; one that has not returned after this hangs. */
const hangsAfterMs = 500;

const suites = await Promise.all(
  (['mariadb', 'mysql'] as const).map(async (engine) => {
    const found = await findEngine(engine).catch((error: unknown) => String(error));
    return typeof found === 'string'
      ? { engine, build: undefined, note: ` (SKIPPED: ${found})` }
      : { engine, build: found, note: ` (${found.version})` };
  }),
);

for (const { engine, build, note } of suites) {
  describe.skipIf(build === undefined)(`${engine} on hosts of the lab${note}`, () => {
    claims(engine, build!);
  });
}

function claims(engine: Engine, build: EngineBuild): void {
  let network: LabNetwork;
  let directory: string;
  let hosts: Host[];
  let set: ReplicationSet;

  beforeAll(async () => {
    network = await openNetwork({ kind: 'loopback', tools: {} });
    directory = await mkdtemp(path.join(tmpdir(), 'lab-'));
    hosts = [];
    for (const [index, name] of ['db-a', 'db-b', 'db-c'].entries()) {
      hosts.push(await network.addHost({ name, address: `${network.prefix}.1.${11 + index}` }));
    }
    set = await startReplicationSet({
      build,
      hosts,
      directory,
      semiSync: true,
      // MySQL 9.7's replicas connect by TLS alone unless they are told otherwise.
      authority: await certificateAuthority(),
      accounts: [{ user: 'app', password: "it's", grants: ['SELECT, INSERT ON app.*'] }],
      replication: { user: 'replication', password: 'secret' },
      schema: ['CREATE DATABASE app', 'CREATE TABLE app.rows (id INT PRIMARY KEY)'],
    });
  });
  afterAll(async () => {
    await network.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('starts with the schema everywhere and without a single transaction', async () => {
    const variable = engine === 'mariadb' ? 'gtid_current_pos' : 'gtid_executed';
    for (const server of set.servers) {
      expect(await ask(server, `SELECT @@GLOBAL.${variable} AS gtids`)).toEqual([{ gtids: '' }]);
      expect(await ask(server, 'SELECT COUNT(*) AS n FROM app.rows')).toEqual([{ n: 0 }]);
    }
  });

  it('opens the primary only', async () => {
    const states = await Promise.all(set.servers.map((server) => ask(server, 'SELECT @@GLOBAL.read_only AS ro')));
    expect(states.map(([row]) => row?.['ro'])).toEqual([0, 1, 1]);
  });

  it('replicates a row to every replica', async () => {
    await ask(set.primary, 'INSERT INTO app.rows VALUES (1)');
    for (const replica of set.replicas) {
      await expect.poll(() => ask(replica, 'SELECT id FROM app.rows'), soon).toEqual([{ id: 1 }]);
    }
  });

  it('commits with one replica left, and hangs without any until one is back', async () => {
    const [first, second] = set.replicas;
    await ask(first!, 'STOP REPLICA IO_THREAD');
    await ask(set.primary, 'INSERT INTO app.rows VALUES (2)');
    await ask(second!, 'STOP REPLICA IO_THREAD');

    let committed = false;
    const commit = ask(set.primary, 'INSERT INTO app.rows VALUES (3)').then(() => (committed = true));
    await expect.poll(() => ask(set.primary, waitingCommits), soon).toEqual([{ n: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, hangsAfterMs));
    expect(committed).toBe(false);
    expect(await ask(set.primary, 'SELECT COUNT(*) AS n FROM app.rows WHERE id = 3')).toEqual([{ n: 0 }]);

    await ask(second!, 'START REPLICA IO_THREAD');
    await commit;
    await ask(first!, 'START REPLICA IO_THREAD');
  });

  it('answers nothing while it is frozen, and goes on when it is thawed', async () => {
    const [replica] = set.replicas;
    const connection = await replica!.adminConnect();
    await replica!.freeze();
    let answered = false;
    const answer = connection.query('SELECT 1').then(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, hangsAfterMs));
    expect(answered).toBe(false);
    replica!.thaw();
    await answer;
    connection.destroy();
  });

  it('boots read-only after it was killed as a primary, with what was committed', async () => {
    const { pid } = set.primary;
    await set.primary.kill();
    expect(set.primary.pid).toBeUndefined();
    await set.primary.start();
    expect(set.primary.pid).not.toBe(pid);
    const readOnly = engine === 'mariadb' ? '@@GLOBAL.read_only' : '@@GLOBAL.super_read_only';
    expect(await ask(set.primary, `SELECT ${readOnly} AS ro, (SELECT COUNT(*) FROM app.rows) AS n`)).toEqual([
      { ro: 1, n: 3 },
    ]);
  });

  it('names the port when another program has it', async () => {
    const taken = { ...hosts[0]!, listen: () => hosts[0]!.listen(3306) };
    const starting = startServer({ build, host: taken, serverId: 9, dataDirectory: path.join(directory, 'taken') });
    await expect(starting).rejects.toThrow(/on host db-a: port 3306 is taken/);
  });

  it('shows the end of the log when it does not come up', async () => {
    const broken = { ...build, locationOptions: { ...build.locationOptions, 'no-such-option': '1' } };
    const host = { ...hosts[0]!, listen: () => hosts[0]!.listen(3399) };
    const starting = startServer({ build: broken, host, serverId: 9, dataDirectory: path.join(directory, 'broken') });
    await expect(starting).rejects.toThrow(/ended while it started[^]*no-such-option/);
  });

  const waitingCommits = `SELECT COUNT(*) AS n FROM information_schema.processlist
    WHERE state LIKE 'Waiting for semi-sync ACK%'`;
}

async function ask(server: LabServer, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await server.adminConnect();
  try {
    const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: 15_000 });
    return rows;
  } finally {
    connection.destroy();
  }
}
