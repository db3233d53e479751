import { createServer, type AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import type { DatabaseTarget, Tls } from '../../lib/ports/database.ts';
import { certificateAuthority } from '../../lab/mysql/certificates.ts';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { ACCOUNTS, at, soon, startServers, type TestServers } from './database-servers.ts';

const DAY_MS = 24 * 3_600_000;

export function tlsClaims(engine: Engine, build: EngineBuild): void {
  describe('TLS', () => {
    let servers: TestServers;
    beforeAll(async () => {
      servers = await startServers(build);
    });
    afterAll(() => servers.close());

    const byIdentity = (name = servers.primary.host.address): Tls => ({
      mode: 'verify-identity',
      ca: servers.authority.caPem,
      name,
    });
    const connect = (tls: Tls, changes: Partial<DatabaseTarget> = {}) =>
      mysqlDatabases().connect({
        nodeId: 'db-1',
        engine,
        ...at(servers.primary),
        credentials: ACCOUNTS.monitor,
        tls,
        timeoutMs: 2_000,
        ...changes,
      });
    const cipherOf = async (sessionId: number) => {
      const of = `WHERE t.PROCESSLIST_ID = ${sessionId} AND v.VARIABLE_NAME = 'Ssl_cipher'`;
      const sql = `SELECT v.VARIABLE_VALUE AS cipher FROM performance_schema.status_by_thread v
        JOIN performance_schema.threads t USING (THREAD_ID) ${of}`;
      return (await servers.ask(servers.primary, sql))[0]?.['cipher'];
    };

    it('is believed by the address that the certificate bears, and by a name', async () => {
      for (const tls of [byIdentity(), byIdentity('db-1')]) {
        const server = await connect(tls);
        expect((await server.observe()).identity).not.toBe('');
        await server.close();
      }
    });

    it.runIf(engine === 'mysql')('is what the session speaks', async () => {
      const server = await connect(byIdentity());
      expect(await cipherOf(server.sessionId)).not.toBe('');
      await server.close();
    });

    it('lets an account in that is let in over TLS only, and not without', async () => {
      const credentials = { username: 'wary', password: 'wary' };
      await servers.ask(servers.primary, `CREATE USER 'wary'@'%' IDENTIFIED BY 'wary' REQUIRE SSL`);
      await (await connect(byIdentity(), { credentials })).close();
      await expect(connect({ mode: 'off' }, { credentials })).rejects.toMatchObject({ failure: 'denied' });
    });

    it('is resumed with a server that was proven before, and never under another name', async () => {
      const reused = vi.spyOn(TLSSocket.prototype, 'isSessionReused');
      for (let n = 0; n < 2; n += 1) {
        const server = await connect(byIdentity());
        // The ticket comes with the first answers.
        await server.observe();
        await server.close();
      }
      expect(reused).toHaveLastReturnedWith(true);
      await expect(connect(byIdentity('db-9'))).rejects.toMatchObject({ failure: 'untrusted' });
      expect(reused).toHaveLastReturnedWith(false);
    });

    it('is not believed under another name, unless the authority alone is asked for', async () => {
      const elsewhere = byIdentity('10.0.0.99');
      await expect(connect(elsewhere)).rejects.toMatchObject({
        failure: 'untrusted',
        message: expect.stringMatching(/the certificate is for .*not for 10\.0\.0\.99/),
      });
      await (await connect({ mode: 'verify-ca', ca: servers.authority.caPem })).close();
    });

    it.each(['verify-identity', 'verify-ca'] as const)(
      'is not believed by %s from an unknown authority',
      async (mode) => {
        const { caPem: ca } = await certificateAuthority();
        await expect(connect({ mode, ca, name: servers.primary.host.address })).rejects.toMatchObject({
          failure: 'untrusted',
          message: expect.stringContaining('signed by nobody that tls.ca names'),
        });
        await expect(connect({ mode, ca: 'rds', name: servers.primary.host.address })).rejects.toMatchObject({
          failure: 'untrusted',
        });
      },
    );

    it('says that a server accepts and says nothing, as it does without TLS', async () => {
      const mute = createServer(() => {});
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const { port } = mute.address() as AddressInfo;
      await expect(connect(byIdentity(), { host: '127.0.0.1', port, timeoutMs: 200 })).rejects.toMatchObject({
        failure: 'unanswered',
      });
      mute.close();
    });

    it('ends, and says cut, when the server is killed, and gives up on one that is frozen', async () => {
      const [kept, asked] = [await connect(byIdentity()), await connect(byIdentity(), { timeoutMs: 300 })];
      await servers.primary.freeze();
      await expect(asked.observe()).rejects.toMatchObject({ failure: 'timeout' });
      await expect(connect(byIdentity(), { timeoutMs: 300 })).rejects.toMatchObject({ failure: 'unanswered' });
      await servers.primary.kill();
      await kept.ended;
      await expect(kept.observe()).rejects.toMatchObject({ failure: 'cut' });
      await servers.primary.start();
    });

    it('is not believed once the certificate has expired, and says when that was', async () => {
      const [replica] = servers.replicas;
      const notAfterMs = Date.now() - DAY_MS;
      const names = [replica.host.address];
      await replica.stop();
      await replica.present(await servers.authority.issue({ names, notAfterMs }));
      await replica.start();
      const expired = connect(byIdentity(replica.host.address), at(replica));
      await expect(expired).rejects.toMatchObject({
        failure: 'untrusted',
        message: expect.stringContaining(`expired at ${new Date(notAfterMs).toISOString().slice(0, 10)}`),
      });
      const passwords = "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE USER = 'monitor'";
      await expect.poll(() => servers.ask(replica, passwords), soon).toEqual([{ n: 0 }]);
    });

    it('is asked for: a server that speaks none is told no password', async () => {
      const [, replica] = servers.replicas;
      await replica.stop();
      await replica.present(undefined);
      await replica.start();
      await expect(connect(byIdentity(replica.host.address), at(replica))).rejects.toMatchObject({
        failure: 'untrusted',
        message: expect.stringContaining('the server speaks no TLS'),
      });
    });
  });
}
