import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { ACCOUNTS, at, soon, sourceAt, startServers, type TestServers } from './database-servers.ts';

export function promotionClaims(_engine: Engine, build: EngineBuild): void {
  describe('promotion, as operator', () => {
    let servers: TestServers;
    beforeAll(async () => {
      servers = await startServers(build);
    });
    afterAll(() => servers.close());
    const operate = (server: TestServers['primary']) => servers.connect(server, ACCOUNTS.operator);
    const rowsOf = (server: TestServers['primary']) => servers.ask(server, 'SELECT id FROM app.writes ORDER BY id');

    it('refuses while something received is not applied, and stays a replica', async () => {
      const [candidate] = servers.replicas;
      const server = await operate(candidate);
      await servers.ask(candidate, 'STOP REPLICA SQL_THREAD');
      await servers.ask(servers.primary, "INSERT INTO app.writes VALUES ('1')");
      await expect(server.promote({ epoch: 1, semiSync: true })).rejects.toMatchObject({
        failure: 'sql',
        message: expect.stringContaining('not all applied yet'),
      });
      expect(await server.applyReceived(200)).toBe(false);
      expect(await server.observe()).toMatchObject({ readOnly: true, epoch: 0, replica: { receiver: 'stopped' } });
      await servers.ask(candidate, 'START REPLICA');
      await expect.poll(() => rowsOf(candidate), soon).toEqual([{ id: '1' }]);
    });

    it('promotes after a crash: every acknowledged row is there, then the epoch, then it is open', async () => {
      const [candidate, other] = servers.replicas;
      // Only the candidate can acknowledge it.
      await servers.ask(other, 'STOP REPLICA IO_THREAD');
      await servers.ask(servers.primary, "INSERT INTO app.writes VALUES ('2')");
      await servers.primary.kill();
      const [server, bystander] = await Promise.all([operate(candidate), operate(other)]);
      const from = at(servers.primary).host;
      expect((await server.stopReceiving('192.0.2.1'))?.receiver, 'of another source').not.toBe('stopped');
      const stopped = await Promise.all([server, bystander].map((each) => each.stopReceiving(from)));
      expect(stopped.map((each) => each?.receiver)).toEqual(['stopped', 'stopped']);
      expect(await server.applyReceived(5_000)).toBe(true);

      expect(await server.promote({ epoch: 1, semiSync: true })).toMatchObject({
        readOnly: false,
        epoch: 1,
        replica: null,
        semiSyncSource: { enabled: true, waitsWithoutReplicas: true, waitPoint: 'beforeCommit' },
      });
      expect(await rowsOf(candidate)).toEqual([{ id: '1' }, { id: '2' }]);
    });

    it('acknowledges no write of a client before a replica follows', async () => {
      const [candidate, other] = servers.replicas;
      const client = await servers.client(candidate);
      let acknowledged = false;
      const write = client.query("INSERT INTO app.writes VALUES ('3')").then(() => (acknowledged = true));
      await expect.poll(() => servers.ask(candidate, WAITING), soon).toEqual([{ n: 1 }]);
      expect(acknowledged).toBe(false);

      const server = await operate(other);
      await server.replicateFrom(sourceAt(candidate));
      await write;
      await expect.poll(() => rowsOf(other), soon).toEqual([{ id: '1' }, { id: '2' }, { id: '3' }]);
      const { host: sourceHost, port: sourcePort } = at(candidate);
      const seen = await server.observe();
      expect(seen).toMatchObject({ readOnly: true, epoch: 1, semiSyncSource: { enabled: false } });
      expect(seen.replica).toMatchObject({ sourceHost, sourcePort, receiver: 'receiving', semiSync: true });
    });

    it('does nothing the second time, and refuses an older epoch and one of another server', async () => {
      const [candidate, other] = servers.replicas;
      const server = await operate(candidate);
      const before = await server.observe();
      expect((await server.promote({ epoch: 1, semiSync: true })).executed).toBe(before.executed);
      await expect(server.promote({ epoch: 0, semiSync: true })).rejects.toMatchObject({ failure: 'sql' });
      await expect((await operate(other)).promote({ epoch: 1, semiSync: true })).rejects.toMatchObject({
        failure: 'sql',
        message: expect.stringContaining('take the next epoch'),
      });
    });

    it('replicates from the same source a second time without restarting anything', async () => {
      const [candidate, other] = servers.replicas;
      const server = await operate(other);
      const receiver = `SELECT id FROM information_schema.processlist WHERE user = 'replication'`;
      const before = await servers.ask(candidate, receiver);
      expect(before).toHaveLength(1);
      await server.replicateFrom(sourceAt(candidate));
      expect(await servers.ask(candidate, receiver)).toEqual(before);
    });

    it('takes the old primary back as a replica, with what it wrote itself before', async () => {
      const [candidate] = servers.replicas;
      await servers.primary.start();
      const server = await operate(servers.primary);
      await server.replicateFrom(sourceAt(candidate));
      await server.replicateFrom(sourceAt(candidate));
      const client = await servers.client(candidate);
      await client.query("INSERT INTO app.writes VALUES ('4')");
      await expect.poll(() => rowsOf(servers.primary), soon).toHaveLength(4);
      expect(await server.observe()).toMatchObject({
        readOnly: true,
        epoch: 1,
        replica: { receiver: 'receiving', applier: 'applying', semiSync: true, lastError: null },
      });
    });

    it('[invariant 2] ends whoever acts there with the same account, so that nothing late undoes it', async () => {
      const [candidate] = servers.replicas;
      const [earlier, later] = await Promise.all([operate(candidate), operate(candidate)]);
      expect(await earlier.observe()).toMatchObject({ readOnly: false });
      expect(await later.promote({ epoch: 1, semiSync: true })).toMatchObject({ readOnly: false, epoch: 1 });
      await expect(earlier.promote({ epoch: 1, semiSync: true })).rejects.toMatchObject({ failure: 'cut' });
      expect(await later.observe()).toMatchObject({ readOnly: false, semiSyncSource: { enabled: true } });
    });

    it('hands the role on again under the next epoch', async () => {
      const [candidate, other] = servers.replicas;
      const [old, next] = await Promise.all([operate(candidate), operate(servers.primary)]);
      expect(await old.demote()).toMatchObject({ readOnly: true, writersLeft: 0 });
      await next.stopReceiving(at(candidate).host);
      expect(await next.applyReceived(5_000)).toBe(true);
      expect(await next.promote({ epoch: 2, semiSync: false })).toMatchObject({
        readOnly: false,
        epoch: 2,
        semiSyncSource: { enabled: false },
      });
      const source = { ...sourceAt(servers.primary), semiSync: false };
      await old.replicateFrom(source);
      await (await operate(other)).replicateFrom(source);
      await (await servers.client(servers.primary)).query("INSERT INTO app.writes VALUES ('5')");
      for (const replica of [candidate, other]) await expect.poll(() => rowsOf(replica), soon).toHaveLength(5);
      expect((await old.observe()).replica?.semiSync).toBe(false);
    });
  });

  describe('promotion of a server that an earlier change has opened, and then broke off', () => {
    let servers: TestServers;
    beforeAll(async () => {
      servers = await startServers(build);
    });
    afterAll(() => servers.close());

    it('writes the newer epoch although commits hang there, none of which is acknowledged by it', async () => {
      const [candidate, other] = servers.replicas;
      await servers.primary.kill();
      const [server, bystander] = await Promise.all(
        [candidate, other].map((each) => servers.connect(each, ACCOUNTS.operator)),
      );
      const from = at(servers.primary).host;
      await Promise.all([server!.stopReceiving(from), bystander!.stopReceiving(from)]);
      await server!.promote({ epoch: 1, semiSync: true });
      const client = await servers.client(candidate);
      const write = client.query("INSERT INTO app.writes VALUES ('hangs')").then(
        () => 'acknowledged',
        () => 'lost its connection',
      );
      await expect.poll(() => servers.ask(candidate, WAITING), soon).toEqual([{ n: 1 }]);

      const again = await servers.connect(candidate, ACCOUNTS.operator);
      expect(await again.promote({ epoch: 2, semiSync: true })).toMatchObject({
        readOnly: false,
        epoch: 2,
        semiSyncSource: { enabled: true },
      });
      expect(await write).toBe('lost its connection');
      const follower = await servers.connect(other, ACCOUNTS.operator);
      await follower.replicateFrom(sourceAt(candidate));
      const next = await servers.client(candidate);
      await next.query("INSERT INTO app.writes VALUES ('goes through')");
    });
  });
}

export const WAITING = `SELECT COUNT(*) AS n FROM information_schema.processlist
  WHERE state LIKE 'Waiting for semi-sync ACK%'`;
