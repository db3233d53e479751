import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClusterConfig } from '../../lib/core/config.ts';
import { elect, type Election } from '../../lib/core/elect.ts';
import type { PrimarySight } from '../../lib/core/election/primary-sight.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import type { LabServer } from '../../lab/mysql/lab-server.ts';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { exampleCluster, nodesInput } from '../fakes/example-config.ts';
import { ACCOUNTS, soon, startServers, type TestServers } from './database-servers.ts';
import { onEngine } from './one-server.ts';

function claims(engine: Engine, build: EngineBuild): void {
  let servers: TestServers;
  let cluster: ClusterConfig;
  let lastSeen: PrimarySight;
  beforeAll(async () => {
    servers = await startServers(build);
    const addresses = [servers.primary, ...servers.replicas].map(({ host }) => host.address);
    const nodes = nodesInput((id) => ({ address: addresses[Number(id.slice(-1)) - 1]! }));
    cluster = exampleCluster({ engine, nodes });
  });
  afterAll(() => servers.close());

  const look = async (server: LabServer): Promise<NodeObservation> => {
    const connected = await servers.connect(server, ACCOUNTS.monitor);
    const seen = await connected.observe();
    return { nodeId: server.host.name, atMs: Date.now(), reachable: true, server: seen };
  };
  const lookAtPrimary = async (): Promise<PrimarySight> => {
    const atMs = Date.now();
    const connected = await servers.connect(servers.primary, ACCOUNTS.monitor);
    const { identity, executed, semiSyncSource: semiSync } = await connected.observe();
    return { atMs, identity, executed, beatAtMs: null, semiSync, acknowledging: ['db-2', 'db-3'] };
  };
  const electNow = async (): Promise<Election> => {
    const observations = await Promise.all(servers.replicas.map(look));
    return elect({ cluster, oldPrimary: 'db-1', observations, lastSeen, nominee: null, fenced: {}, promotedAt: null });
  };

  it('elects the one of two sound replicas whose name is first', async () => {
    // They were only just started, all of them; a moment later they were so before the primary was last seen.
    const electAgain = async () => {
      lastSeen = await lookAtPrimary();
      return await electNow();
    };
    await expect.poll(electAgain, soon).toMatchObject({ winner: 'db-2', possibleLoss: 0, caveats: [] });
  });

  it('finds what a replica wrote itself, and not what the primary wrote since it was last seen', async () => {
    const [, other] = servers.replicas;
    const openIt = engine === 'mysql' ? ['SET GLOBAL super_read_only = OFF'] : [];
    for (const sql of [...openIt, "INSERT INTO app.writes VALUES ('errant')"]) await servers.ask(other, sql);
    await servers.ask(servers.primary, 'CREATE TABLE app.later (id INT PRIMARY KEY)');
    lastSeen = { ...(await lookAtPrimary()), executed: lastSeen.executed };
    const received = async () => {
      const election = await electNow();
      return election.elected ? election.received : '';
    };
    await expect.poll(received, soon).not.toBe(lastSeen.executed);
    expect(await electNow()).toMatchObject({
      winner: 'db-2',
      losers: engine === 'mysql' ? [{ nodeId: 'db-3', code: 'errant' }] : [{ nodeId: 'db-3' }],
    });
  });

  it('lets a replica that was started again since the primary was last seen vouch for nothing', async () => {
    const [first, other] = servers.replicas;
    await servers.ask(other, 'STOP REPLICA IO_THREAD');
    await servers.ask(first, 'STOP REPLICA SQL_THREAD');
    // Acknowledged by the first alone, which does not apply it.
    await servers.ask(servers.primary, "INSERT INTO app.writes VALUES ('acknowledged')");
    lastSeen = await lookAtPrimary();
    await servers.primary.kill();
    const before = await look(first);
    await first.kill();
    await first.start();
    const after = await look(first);
    const received = (seen: NodeObservation) => (seen.reachable ? seen.server.replica?.received : undefined);
    // The fact that the rule is made for: MariaDB has thrown it away.
    expect(received(after) === received(before)).toBe(engine === 'mysql');
    const observations = [after, await look(other)];
    expect(
      elect({ cluster, oldPrimary: 'db-1', observations, lastSeen, nominee: null, fenced: {}, promotedAt: null }),
    ).toMatchObject({
      elected: false,
      code: 'replica-missing',
      because: expect.stringContaining('db-2 (started since db-1 was last seen)'),
    });
  });
}

for (const engine of ['mariadb', 'mysql'] as const) {
  await onEngine(engine, 'an election among real servers:', (build) => {
    claims(engine, build);
  });
}
