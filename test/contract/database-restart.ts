import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { stopAcknowledging } from './database-connection.ts';
import { WAITING } from './database-promotion.ts';
import { ACCOUNTS, at, soon, sourceAt, startServers, type TestServers } from './database-servers.ts';

/** What fence proofs take for granted of a server that is started again, or shut down in good order. */
export function restartClaims(engine: Engine, build: EngineBuild): void {
  describe('a server that is started again', () => {
    let servers: TestServers;
    beforeAll(async () => {
      servers = await startServers(build);
    });
    afterAll(() => servers.close());
    const operate = (server: TestServers['primary']) => servers.connect(server, ACCOUNTS.operator);
    const crash = async (server: TestServers['primary']) => {
      await server.kill();
      await server.start();
      return operate(server);
    };
    let probes = 0;
    const isWritable = async (server: TestServers['primary']) => {
      const client = await servers.client(server);
      return client.query('INSERT INTO app.writes VALUES (?)', [`probe-${(probes += 1)}`]).then(
        () => true,
        () => false,
      );
    };

    it('is asked of a running server without changing it: it stays open', async () => {
      const server = await operate(servers.primary);
      const known = await server.makeBootReadOnly();
      expect(known).toBe(engine === 'mysql' ? true : 'unknown');
      expect(await server.observe()).toMatchObject({ readOnly: false, bootsReadOnly: known });
      expect(await isWritable(servers.primary)).toBe(true);
      expect(await server.makeBootReadOnly()).toBe(known);
    });

    it('comes up read-only after a crash, and says that it always will', async () => {
      const server = await crash(servers.primary);
      expect(await server.observe()).toMatchObject({ readOnly: true, bootsReadOnly: true });
      expect(await isWritable(servers.primary)).toBe(false);
    });

    it.runIf(engine === 'mysql')('is not asked by monitors, who have no right to', async () => {
      const server = await servers.connect(servers.primary, ACCOUNTS.monitor);
      await expect(server.makeBootReadOnly()).rejects.toMatchObject({ failure: 'denied' });
    });

    it.runIf(engine === 'mysql')('comes up read-only also where somebody had persisted the contrary', async () => {
      await servers.ask(servers.primary, 'SET PERSIST read_only = OFF');
      const server = await operate(servers.primary);
      expect((await server.observe()).bootsReadOnly).toBe(false);
      expect(await server.makeBootReadOnly()).toBe(true);
      expect(await (await crash(servers.primary)).observe()).toMatchObject({ readOnly: true, bootsReadOnly: true });
    });

    it.runIf(engine === 'mysql')(
      'boots read-only from then on when it was promoted, demoted or repointed',
      async () => {
        const [candidate, other] = servers.replicas;
        for (const each of [servers.primary, candidate, other]) await servers.ask(each, 'RESET PERSIST');
        const [old, next, follower] = await Promise.all([operate(servers.primary), operate(candidate), operate(other)]);
        expect(await old.demote()).toMatchObject({ bootsReadOnly: true });
        await next.stopReceiving(at(servers.primary).host);
        expect(await next.applyReceived(5_000)).toBe(true);
        expect(await next.promote({ epoch: 1, semiSync: true })).toMatchObject({
          readOnly: false,
          bootsReadOnly: true,
        });
        await follower.replicateFrom(sourceAt(candidate));
        const persisted =
          "SELECT VARIABLE_VALUE AS v FROM performance_schema.persisted_variables WHERE VARIABLE_NAME = 'super_read_only'";
        expect(await servers.ask(other, persisted)).toEqual([{ v: 'ON' }]);
      },
    );

    it.runIf(engine === 'mysql')('is promoted also by an account without the right to persist', async () => {
      const [, next] = servers.replicas;
      await servers.ask(next, 'SET GLOBAL super_read_only = OFF');
      await servers.ask(next, `REVOKE PERSIST_RO_VARIABLES_ADMIN ON *.* FROM '${ACCOUNTS.operator.username}'@'%'`);
      await servers.ask(next, 'RESET PERSIST');
      await servers.ask(next, 'SET GLOBAL super_read_only = ON');
      const server = await operate(next);
      await expect(server.makeBootReadOnly()).rejects.toMatchObject({ failure: 'denied' });
      await server.stopReceiving(at(servers.replicas[0]).host);
      expect(await server.applyReceived(5_000)).toBe(true);
      expect(await server.promote({ epoch: 2, semiSync: false })).toMatchObject({ readOnly: false, epoch: 2 });
    });
  });

  describe('a shutdown in good order', () => {
    let servers: TestServers;
    beforeAll(async () => {
      servers = await startServers(build);
    });
    afterAll(() => servers.close());

    // The proof `dead-and-boots-read-only` rests on it.
    it('answers no client any more once it has cut its replicas', async () => {
      const [replica] = servers.replicas;
      let lastAnswerAt = 0;
      const writers = await Promise.all(Array.from({ length: 8 }, () => servers.client(servers.primary)));
      const load = writers.map(async (client, writer) => {
        for (let n = 0; ; n += 1) {
          await client.query('INSERT INTO app.writes VALUES (?)', [`${writer}-${n}`]);
          lastAnswerAt = performance.now();
        }
      });
      const ended = Promise.allSettled(load);
      await expect.poll(() => lastAnswerAt, soon).toBeGreaterThan(0);
      const stopped = servers.primary.stop();
      const watching = await servers.connect(replica, ACCOUNTS.operator);
      await expect
        .poll(async () => (await watching.observe()).replica?.receiver, { timeout: 20_000, interval: 2 })
        .toBe('connecting');
      const cutAt = performance.now();
      await stopped;
      await ended;
      expect(lastAnswerAt).toBeLessThan(cutAt);
      await servers.primary.start();
    });

    // A limit of the proof `acks-revoked`: told in its argument, and held to here.
    it(`answers ${engine === 'mysql' ? 'every commit' : 'no commit'} that hangs in semi-sync`, async () => {
      const primary = servers.primary;
      const open = engine === 'mysql' ? ['super_read_only', 'read_only'] : ['read_only'];
      for (const name of open) await servers.ask(primary, `SET GLOBAL ${name} = OFF`);
      const source = engine === 'mysql' ? 'rpl_semi_sync_source_enabled' : 'rpl_semi_sync_master_enabled';
      await servers.ask(primary, `SET GLOBAL ${source} = ON`);
      await stopAcknowledging(servers);
      const clients = await Promise.all(Array.from({ length: 3 }, () => servers.client(primary)));
      const outcomes = clients.map((client, n) =>
        client.query('INSERT INTO app.writes VALUES (?)', [`hanging-${n}`]).then(
          () => 'answered',
          () => 'lost',
        ),
      );
      await expect.poll(() => servers.ask(primary, WAITING), soon).toEqual([{ n: 1 }]);
      await primary.stop();
      const expected = engine === 'mysql' ? 'answered' : 'lost';
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set([expected]));
    });
  });
}
