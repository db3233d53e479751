import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Credentials } from '../../lib/ports/database.ts';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { stopAcknowledging } from './database-connection.ts';
import { WAITING } from './database-promotion.ts';
import { ACCOUNTS, soon, startServers, type TestServers } from './database-servers.ts';

const WRITERS = 12;
/** What a client's driver says when the server has ended its session. */
const CUT = /closed|lost|ECONNRESET|EPIPE/;

export function demotionClaims(engine: Engine, build: EngineBuild): void {
  describe('demotion, as operator', () => {
    let servers: TestServers;
    beforeEach(async () => {
      servers = await startServers(build);
    });
    afterEach(() => servers.close());

    it('ends every session that could write, administrators included, and leaves replicas connected', async () => {
      const [application, administrator] = await Promise.all([
        servers.client(servers.primary),
        servers.client(servers.primary, ACCOUNTS.administrator),
      ]);
      await application.query('BEGIN');
      await application.query("INSERT INTO app.writes VALUES ('open')");
      const server = await servers.connect(servers.primary, ACCOUNTS.operator);
      const { identity } = await server.observe();
      const bootsReadOnly = engine === 'mysql' ? true : 'unknown';

      expect(await server.demote()).toEqual({ identity, readOnly: true, writersLeft: 0, bootsReadOnly });
      await expect(application.query('COMMIT')).rejects.toThrow(CUT);
      await expect(administrator.query("INSERT INTO app.writes VALUES ('x')")).rejects.toThrow(CUT);
      await expect(insert(servers, 'late', ACCOUNTS.application)).rejects.toMatchObject({ errno: 1290 });
      expect(await server.observe()).toMatchObject({ readOnly: true, semiSyncSource: { connectedReplicas: 2 } });
      expect(await server.demote()).toEqual({ identity, readOnly: true, writersLeft: 0, bootsReadOnly });
      for (const each of [servers.primary, ...servers.replicas]) {
        expect(await servers.ask(each, 'SELECT * FROM app.writes')).toEqual([]);
      }
    });

    it('answers no commit that hangs in semi-sync, in a group or behind it', async () => {
      await stopAcknowledging(servers);
      const outcomes = Array.from({ length: WRITERS }, (_, n) => outcomeOf(insert(servers, `hanging-${n}`)));
      outcomes.push(outcomeOf(insert(servers, 'administrator', ACCOUNTS.administrator)));
      await expect.poll(() => servers.ask(servers.primary, WAITING), soon).toEqual([{ n: 1 }]);
      await expect.poll(() => servers.ask(servers.primary, COMMITTING), soon).toEqual([{ n: WRITERS + 1 }]);

      const server = await servers.connect(servers.primary, ACCOUNTS.operator, 1_500);
      const startedAt = performance.now();
      expect(await server.demote()).toMatchObject({ readOnly: true, writersLeft: 0 });
      expect(performance.now() - startedAt).toBeLessThan(1_500);
      expect(await Promise.all(outcomes)).toEqual(Array(WRITERS + 1).fill('lost'));
      // It waits for acknowledgements again: had it been opened by mistake, nothing would be acknowledged.
      expect((await server.observe()).semiSyncSource.enabled).toBe(true);
    });

    it('does not wait for one who holds tables locked, nor for a long statement', async () => {
      const [locking, sleeping] = await Promise.all([
        servers.client(servers.primary, ACCOUNTS.administrator),
        servers.client(servers.primary),
      ]);
      await locking.query('LOCK TABLES failover.epoch WRITE');
      const asleep = outcomeOf(sleeping.query('INSERT INTO app.writes SELECT SLEEP(60)'));
      await expect.poll(() => servers.ask(servers.primary, SLEEPING), soon).toEqual([{ n: 1 }]);
      const server = await servers.connect(servers.primary, ACCOUNTS.operator, 1_500);
      expect(await server.demote()).toMatchObject({ readOnly: true, writersLeft: 0 });
      expect(await asleep).toBe('lost');
      await expect(locking.query('UNLOCK TABLES')).rejects.toThrow(CUT);
    });

    it('under load, acknowledges nothing that no replica has', async () => {
      const load = startLoad(servers);
      await expect.poll(() => load.acknowledged.length, soon).toBeGreaterThan(200);
      await stopAcknowledging(servers);
      await expect.poll(() => servers.ask(servers.primary, WAITING), soon).toEqual([{ n: 1 }]);

      const server = await servers.connect(servers.primary, ACCOUNTS.operator, 1_500);
      expect(await server.demote()).toMatchObject({ readOnly: true, writersLeft: 0 });
      await load.stop();
      expect(await onNoReplica(servers, load.acknowledged)).toEqual([]);
      // What hung is there, and nobody was told: it is for the rejoin to find.
      const [row] = await servers.ask(servers.primary, 'SELECT COUNT(*) AS n FROM app.writes');
      expect(row?.['n']).toBeGreaterThan(load.acknowledged.length);
    });

    it('under load, acknowledges nothing that no replica has when replicas stop at the same time', async () => {
      const load = startLoad(servers);
      await expect.poll(() => load.acknowledged.length, soon).toBeGreaterThan(200);
      const server = await servers.connect(servers.primary, ACCOUNTS.operator, 1_500);
      const [demotion] = await Promise.all([server.demote(), stopAcknowledging(servers)]);
      expect(demotion).toMatchObject({ readOnly: true, writersLeft: 0 });
      await load.stop();
      expect(await onNoReplica(servers, load.acknowledged)).toEqual([]);
    });

    it('gets through when applications have taken every connection', async () => {
      await servers.ask(servers.primary, 'SET GLOBAL max_connections = 12');
      await stopAcknowledging(servers);
      const outcomes = [];
      for (let n = 0; n < 12; n += 1) {
        const client = await servers.client(servers.primary).catch(() => undefined);
        if (client === undefined) break;
        outcomes.push(outcomeOf(client.query('INSERT INTO app.writes VALUES (?)', [`${n}`])));
      }
      expect(outcomes.length).toBeGreaterThan(5);
      await expect.poll(() => servers.ask(servers.primary, WAITING), soon).toEqual([{ n: 1 }]);
      // The one place that is left is the administrator's, and the poll above may not have given it back yet.
      const server = await vi.waitFor(() => servers.connect(servers.primary, ACCOUNTS.operator, 1_500), soon);
      expect(await server.demote()).toMatchObject({ readOnly: true, writersLeft: 0 });
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['lost']));
    });
  });
}

/** Writers that come back when they are thrown out. */
function startLoad(servers: TestServers): { readonly acknowledged: readonly string[]; stop(): Promise<void> } {
  const acknowledged: string[] = [];
  const stopped = new AbortController();
  const write = async (writer: number): Promise<void> => {
    for (let attempt = 0; !stopped.signal.aborted; attempt += 1) {
      const client = await servers.client(servers.primary).catch(() => undefined);
      if (client === undefined) continue;
      for (let n = 0; !stopped.signal.aborted; n += 1) {
        const id = `${writer}-${attempt}-${n}`;
        if ((await outcomeOf(client.query('INSERT INTO app.writes VALUES (?)', [id]))) === 'lost') break;
        acknowledged.push(id);
      }
      client.destroy();
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, n) => write(n));
  const stop = async (): Promise<void> => {
    stopped.abort();
    await Promise.all(writers);
  };
  return { acknowledged, stop };
}

async function onNoReplica(servers: TestServers, ids: readonly string[]): Promise<readonly string[]> {
  const received = new Set<unknown>();
  for (const replica of servers.replicas) {
    const server = await servers.connect(replica, ACCOUNTS.operator);
    expect(await server.applyReceived(5_000)).toBe(true);
    for (const { id } of await servers.ask(replica, 'SELECT id FROM app.writes')) received.add(id);
  }
  return ids.filter((id) => !received.has(id));
}

const COMMITTING = `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE 'INSERT INTO app.writes%'
  AND (state LIKE 'Waiting for semi-sync ACK%' OR state IN ('Commit', 'waiting for handler commit'))`;

const SLEEPING = `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE state = 'User sleep'`;

async function insert(servers: TestServers, id: string, as?: Credentials): Promise<unknown> {
  const client = await servers.client(servers.primary, as);
  return await client.query('INSERT INTO app.writes VALUES (?)', [id]);
}

/** What the client was told: the write is done, or it can't know. */
function outcomeOf(write: Promise<unknown>): Promise<'acknowledged' | 'lost'> {
  return write.then(
    () => 'acknowledged',
    () => 'lost',
  );
}
