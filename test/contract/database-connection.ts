import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import type { DatabaseServer, DatabaseTarget } from '../../lib/ports/database.ts';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { ACCOUNTS, at, soon, startServers, type TestServers } from './database-servers.ts';

const BEAT = { monitor: 'a', epoch: 1, sequence: 1, writtenAtMs: 1 };
/** What a deadline may be missed by on a busy machine. */
const SLACK_MS = 400;

export function connectionClaims(engine: Engine, build: EngineBuild): void {
  describe('connection', () => {
    let servers: TestServers;
    beforeAll(async () => {
      servers = await startServers(build);
    });
    afterAll(() => servers.close());

    const target = (changes: Partial<DatabaseTarget>): DatabaseTarget => ({
      nodeId: 'db-1',
      engine: engine,
      ...at(servers.primary),
      credentials: ACCOUNTS.monitor,
      tls: { mode: 'off' },
      timeoutMs: 1_000,
      ...changes,
    });

    it('says refused where nothing listens, and names the server', async () => {
      const port = await unusedPort();
      await expect(mysqlDatabases().connect(target({ host: '127.0.0.1', port }))).rejects.toMatchObject({
        name: 'DatabaseError',
        failure: 'refused',
        message: expect.stringContaining(`db-1 (127.0.0.1:${port})`),
      });
    });

    it('says denied to a wrong password', async () => {
      const credentials = { username: 'monitor', password: 'wrong' };
      await expect(mysqlDatabases().connect(target({ credentials }))).rejects.toMatchObject({ failure: 'denied' });
    });

    it('says denied, and stays usable, when the account may not', async () => {
      const monitor = await servers.connect(servers.primary, ACCOUNTS.monitor);
      await expect(monitor.promote({ epoch: 1, semiSync: true })).rejects.toMatchObject({ failure: 'denied' });
      expect((await monitor.observe()).epoch).toBe(0);
    });

    it('says unanswered, within the timeout, of a server that accepts and never speaks', async () => {
      const mute = createServer(() => {});
      const port = await listening(mute);
      const startedAt = performance.now();
      await expect(mysqlDatabases().connect(target({ host: '127.0.0.1', port, timeoutMs: 200 }))).rejects.toMatchObject(
        { failure: 'unanswered' },
      );
      expect(performance.now() - startedAt).toBeLessThan(200 + SLACK_MS);
      mute.close();
    });

    it('says exhausted when the server has no connection left', async () => {
      await servers.ask(servers.primary, 'SET GLOBAL max_connections = 10');
      const clients: DatabaseServer[] = [];
      const refusal = await (async () => {
        for (let n = 0; n < 20; n += 1) {
          try {
            clients.push(await mysqlDatabases().connect(target({})));
          } catch (error) {
            return error;
          }
        }
        return undefined;
      })();
      expect(refusal).toMatchObject({ failure: 'exhausted' });
      await Promise.all(clients.map((each) => each.close()));
      await servers.ask(servers.primary, 'SET GLOBAL max_connections = 200');
    });

    it('gives up on a statement of a frozen server, and answers no later one', async () => {
      const server = await servers.connect(servers.primary, ACCOUNTS.monitor, 300);
      await servers.primary.freeze();
      try {
        const startedAt = performance.now();
        await expect(server.observe()).rejects.toMatchObject({ failure: 'timeout' });
        expect(performance.now() - startedAt).toBeLessThan(300 + SLACK_MS);
        await server.ended;
      } finally {
        servers.primary.thaw();
      }
      await expect(server.observe()).rejects.toMatchObject({ failure: 'timeout' });
    });

    it('says unanswered of a frozen server when it connects anew', async () => {
      await servers.primary.freeze();
      try {
        await expect(mysqlDatabases().connect(target({ timeoutMs: 300 }))).rejects.toMatchObject({
          failure: 'unanswered',
        });
      } finally {
        servers.primary.thaw();
      }
    });

    it('says timeout where nobody accepts', async () => {
      const full = await fullListener();
      try {
        await expect(
          mysqlDatabases().connect(target({ host: '127.0.0.1', port: full.port, timeoutMs: 300 })),
        ).rejects.toMatchObject({ failure: 'timeout' });
      } finally {
        full.close();
      }
    });

    it('waits for a beat as long as it takes, over the one connection that it keeps', async () => {
      const server = await servers.connect(servers.primary, ACCOUNTS.monitor, 100);
      const other = await servers.connect(servers.primary, ACCOUNTS.monitor);
      await stopAcknowledging(servers);
      const beat = server.beat(BEAT);
      await expect.poll(() => other.isBusy(server.sessionId), soon).toBe(true);
      await delay(300);
      await startAcknowledging(servers);
      await beat;
      await expect.poll(() => other.isBusy(server.sessionId), soon).toBe(false);
      await server.observe();
    });

    it('ends a session of its account that still reads, and never one that commits', async () => {
      const [reading, writing, other] = await Promise.all(
        [1, 2, 3].map(() => servers.connect(servers.primary, ACCOUNTS.monitor)),
      );
      const client = await servers.client(servers.primary, ACCOUNTS.monitor);
      const sleeping = client.query('SELECT SLEEP(20)').catch((error: unknown) => error);
      await stopAcknowledging(servers);
      const beat = writing!.beat({ ...BEAT, sequence: 2 });
      await expect.poll(() => other!.isBusy(client.threadId), soon).toBe(true);
      await expect.poll(() => other!.isBusy(writing!.sessionId), soon).toBe(true);
      await other!.endReads([reading!.sessionId, writing!.sessionId, client.threadId]);
      await expect.poll(() => other!.isBusy(client.threadId), soon).toBe(false);
      expect(await other!.isBusy(writing!.sessionId)).toBe(true);
      await startAcknowledging(servers);
      await beat;
      await reading!.observe();
      await sleeping;
    });

    it('ends, and says cut, when the server is killed', async () => {
      const server = await servers.connect(servers.primary, ACCOUNTS.monitor);
      await servers.primary.kill();
      await server.ended;
      await expect(server.observe()).rejects.toMatchObject({ failure: 'cut' });
      await servers.primary.start();
    });
  });
}

export async function stopAcknowledging(servers: TestServers): Promise<void> {
  await Promise.all(servers.replicas.map((replica) => servers.ask(replica, 'STOP REPLICA IO_THREAD')));
}

export async function startAcknowledging(servers: TestServers): Promise<void> {
  await Promise.all(servers.replicas.map((replica) => servers.ask(replica, 'START REPLICA IO_THREAD')));
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A port whose queue of connections is full: further ones get no answer, as from a dead host. */
async function fullListener(): Promise<{ readonly port: number; close(): void }> {
  const program = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000); // accepts nothing
    });`;
  const listener = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = (await once(listener.stdout, 'data')) as [Buffer];
  const port = Number(printed.toString());
  const waiting: Socket[] = [];
  for (let isFull = false; !isFull && waiting.length < 10;) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    waiting.push(socket);
    isFull = await Promise.race([
      once(socket, 'connect').then(() => false),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 200)),
    ]);
  }
  return {
    port,
    close: () => {
      for (const socket of waiting) socket.destroy();
      listener.kill('SIGKILL');
    },
  };
}
