import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { certificateAuthority } from '../../lab/mysql/certificates.ts';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { ACCOUNTS, soon, startServers, type TestServers } from './database-servers.ts';
import { clusterFor, DETECTION_MS, watchReal, type RealMonitors } from './real-monitors.ts';

export function badInputClaims(engine: Engine, build: EngineBuild): void {
  describe('three monitors that are configured wrongly, or find servers that are not what they should be,', () => {
    let servers: TestServers;
    let monitors: RealMonitors | undefined;
    beforeAll(async () => {
      servers = await startServers(build);
    });
    afterEach(() => monitors?.close());
    afterAll(() => servers.close());

    const reloadTls = { mariadb: 'FLUSH SSL', mysql: 'ALTER INSTANCE RELOAD TLS' }[engine];
    const threads = { mariadb: 'CHANGE MASTER TO MASTER_HOST', mysql: 'CHANGE REPLICATION SOURCE TO SOURCE_HOST' };
    const primaryAddress = () => servers.primary.host.address;

    /** What follows within three times what a death takes to be found, once the problem was told in that sentence. */
    const after = async (watching: RealMonitors, code: string, sentence: RegExp) => {
      monitors = watching;
      const told = () => watching.log.filter((line) => line.includes(`problem ${code} `));
      await expect.poll(() => told().join('\n'), soon).toMatch(sentence);
      await delay(3 * DETECTION_MS);
      const votes = await watching.votes();
      const harmless = votes.filter(({ verdict }) => ['alive', 'suspect', 'blind'].includes(verdict));
      return { started: watching.started, harmlessVotes: harmless.length };
    };
    /** Nobody calls for a change, and none is started. */
    const nothing = { started: [], harmlessVotes: 3 };

    it('tell a wrong password', async () => {
      const credentials = { ...ACCOUNTS.monitor, password: 'wrong' };
      const watching = watchReal(clusterFor(engine, servers), credentials);
      expect(await after(watching, 'account-refused', /db-1 refuses the account of secret monitor/)).toEqual(nothing);
    });

    it('tell a certificate of an authority that nobody knows', async () => {
      const { caPem: ca } = await certificateAuthority();
      const watching = watchReal(clusterFor(engine, servers, { tls: { ca } }));
      expect(
        await after(watching, 'untrusted', /db-1 does not prove who it is.*signed by nobody that tls\.ca names/),
      ).toEqual(nothing);
    });

    it('tell a host that resolves to nothing', async () => {
      const watching = watchReal(clusterFor(engine, servers, {}, { 'db-1': { host: 'db-1.invalid' } }));
      expect(
        await after(watching, 'host-unresolvable', /db-1\.invalid, the host of db-1, resolves to no address/),
      ).toEqual(nothing);
    });

    it('tell another server than the configured one, and write it no heartbeat', async () => {
      await servers.ask(servers.primary, 'DELETE FROM failover.heartbeat');
      const identity = engine === 'mysql' ? '00000000-0000-0000-0000-000000000009' : '9';
      const watching = watchReal(clusterFor(engine, servers, {}, { 'db-1': { identity } }));
      expect(
        await after(watching, 'other-server', new RegExp(`another server answers at db-1: .* not ${identity}`)),
      ).toEqual(nothing);
      expect(await servers.ask(servers.primary, 'SELECT COUNT(*) AS n FROM failover.heartbeat')).toEqual([{ n: 0 }]);
    });

    it('tell two nodes that are one server', async () => {
      const [replica] = servers.replicas;
      const watching = watchReal(clusterFor(engine, servers, {}, { 'db-3': { host: replica.host.address } }));
      expect(await after(watching, 'same-server', /db-2 and db-3 both answer as server/)).toEqual(nothing);
    });

    it('tell a replica of something else', async () => {
      const [source, replica] = servers.replicas;
      const follow = (address: string) => ['STOP REPLICA', `${threads[engine]} = '${address}'`, 'START REPLICA'];
      for (const sql of follow(source.host.address)) await servers.ask(replica, sql);
      const watching = watchReal(clusterFor(engine, servers));
      expect(
        await after(
          watching,
          'other-source',
          new RegExp(`db-3 replicates from ${source.host.address}:.*not from db-1`),
        ),
      ).toEqual(nothing);
      for (const sql of follow(primaryAddress())) await servers.ask(replica, sql);
    });

    it('tell a certificate that has expired, and when', async () => {
      // MySQL does not take one over that has expired already.
      const notAfterMs = Date.now() + 2_000;
      await servers.primary.present(await servers.authority.issue({ names: [primaryAddress()], notAfterMs }));
      await servers.ask(servers.primary, reloadTls);
      await expect.poll(() => Date.now(), soon).toBeGreaterThan(notAfterMs + 1_000);
      const watching = watchReal(clusterFor(engine, servers));
      const date = new Date(notAfterMs).toISOString().slice(0, 10);
      expect(
        await after(watching, 'untrusted', new RegExp(`db-1 does not prove who it is.*expired at ${date}`)),
      ).toEqual(nothing);
      await servers.primary.present(await servers.authority.issue({ names: [primaryAddress()] }));
      await servers.ask(servers.primary, reloadTls);
    });

    it('find nothing wrong when all of it is right', async () => {
      monitors = watchReal(clusterFor(engine, servers));
      const watching = monitors;
      await expect
        .poll(async () => (await watching.votes()).map((vote) => vote.verdict), soon)
        .toEqual(['alive', 'alive', 'alive']);
      expect(watching.log.filter((line) => /account|untrusted|unresolvable|server/.test(line))).toEqual([]);
    });
  });
}
