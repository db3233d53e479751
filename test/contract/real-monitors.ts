/**
 * The three monitors of a configuration, in their real loop over the real driver, on real servers; the record is in
 * memory, and an execution that is started is only noted.
 *
 * @module
 */
import { sharedRecords } from '../../lambdas/monitor/records.ts';
import { systemClock } from '../../lambdas/environment.ts';
import { watchCluster } from '../../lambdas/monitor/watch.ts';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import type { ConfigInput } from '../../lib/core/config.ts';
import type { Vote } from '../../lib/core/observation.ts';
import type { Credentials } from '../../lib/ports/database.ts';
import type { Engine } from '../../lab/packages/engine-build.ts';
import { configInput, exampleConfig } from '../fakes/example-config.ts';
import { FakeWorld } from '../fakes/fake-world.ts';
import { ACCOUNTS, at, type TestServers } from './database-servers.ts';

type ClusterInput = ConfigInput['clusters'][number];

export interface RealMonitors {
  /** What they have logged, each problem in a line. */
  readonly log: readonly string[];
  /** Names of executions that they started. */
  readonly started: readonly string[];
  votes(): Promise<readonly Vote[]>;
  close(): Promise<void>;
}

export const DETECTION = { intervalMs: 200, timeoutMs: 400, failures: 3, writeDeadlineSeconds: 3_600 } as const;
/** From a death to the verdict, at most. */
export const DETECTION_MS = DETECTION.failures * Math.max(DETECTION.intervalMs, DETECTION.timeoutMs);

/** As they would be configured for these servers. */
export function clusterFor(
  engine: Engine,
  servers: TestServers,
  changes: Partial<ClusterInput> = {},
  nodes: Readonly<Record<string, Partial<ClusterInput['nodes'][number]>>> = {},
): Partial<ClusterInput> {
  const all = [servers.primary, ...servers.replicas];
  const [example] = configInput().clusters;
  return {
    engine,
    port: at(servers.primary).port,
    tls: { ca: servers.authority.caPem },
    detection: DETECTION,
    nodes: (example?.nodes ?? []).map((node, index) => ({
      ...node,
      address: all[index]?.host.address ?? node.address,
      ...nodes[node.id],
    })),
    ...changes,
  };
}

export function watchReal(
  cluster: Partial<ClusterInput>,
  credentials: Credentials = ACCOUNTS.monitor,
  ids = ['a', 'b', 'c'],
): RealMonitors {
  const config = exampleConfig(cluster);
  const world = new FakeWorld(config);
  const closing = new AbortController();
  const watching = ids.map(async (id) => {
    const { state, log } = world.watchContext(id);
    const clusters = config.clusters.map((each) => each.id);
    const watch = watchCluster(world.cluster, {
      ...world.watchContext(id),
      clock: systemClock,
      databases: mysqlDatabases(),
      secrets: { credentials: async () => credentials },
      records: sharedRecords({ clusters, state, clock: systemClock, log }),
    });
    while (!closing.signal.aborted) {
      const startedAtMs = systemClock.now();
      await watch.tick();
      await watch.untilNext(startedAtMs + DETECTION.intervalMs);
    }
    await watch.close();
  });
  return {
    log: world.log,
    get started() {
      return world.executions.started.map((each) => each.name);
    },
    votes: () => world.state.votes(world.cluster.id),
    async close() {
      closing.abort();
      await Promise.all(watching);
    },
  };
}
