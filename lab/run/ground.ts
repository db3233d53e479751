/**
 * What a lab stands on: hosts and real servers that replicate, and nobody who looks after them.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { accountGrants, failoverSchema } from '../../lib/adapters/mysql/index.ts';
import type { LabServer } from '../mysql/lab-server.ts';
import { startReplicationSet } from '../mysql/replication-set.ts';
import type { Host, LabNetwork } from '../net/network.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import * as topology from './topology.ts';

export interface GroundOptions {
  readonly network: LabNetwork;
  readonly build: EngineBuild;
  /** Where data directories go; emptied with the lab. */
  readonly directory: string;
  readonly semiSync: 'required' | 'off';
}

export interface Ground {
  readonly network: LabNetwork;
  readonly plan: ReturnType<typeof topology.addressPlan>;
  readonly applicationHost: Host;
  /** Hosts of the servers, in the order of the nodes; each has the name of its node. */
  readonly hosts: readonly Host[];
  readonly servers: ReadonlyMap<string, LabServer>;
  close(): Promise<void>;
}

export async function startGround(options: GroundOptions): Promise<Ground> {
  const { network, build, semiSync } = options;
  const plan = topology.addressPlan(network.prefix);
  const directory = await mkdtemp(join(options.directory, 'l-'));
  const removeDirectory = () => rm(directory, { recursive: true, force: true });
  try {
    const hosts = await Promise.all(
      topology.NODES.map((name, index) =>
        network.addHost({ name, address: plan.databases.hosts[index] ?? '', guestAddresses: [plan.vip] }),
      ),
    );
    const applicationHost = await network.addHost({ name: 'app', address: plan.application.host });
    const set = await startReplicationSet({
      build,
      hosts,
      directory,
      semiSync: semiSync === 'required',
      port: topology.PORT,
      accounts: accountsFor(build.engine),
      replication: { user: topology.ACCOUNTS.replication.username, password: topology.ACCOUNTS.replication.password },
      schema: [
        ...failoverSchema(),
        'CREATE DATABASE app',
        'CREATE TABLE app.writes (n BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(40) NOT NULL, sent_at_ms BIGINT NOT NULL)',
      ],
    });
    return {
      network,
      plan,
      applicationHost,
      hosts,
      servers: new Map(set.servers.map((server) => [server.host.name, server])),
      async close() {
        await set.stop();
        await removeDirectory();
      },
    };
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}

function accountsFor(engine: 'mariadb' | 'mysql') {
  const { monitor, operator, application } = topology.ACCOUNTS;
  const grants = accountGrants(engine);
  return [
    { user: monitor.username, password: monitor.password, grants: grants.monitor },
    { user: operator.username, password: operator.password, grants: grants.operator },
    {
      user: application.username,
      password: application.password,
      grants: ['SELECT, INSERT ON app.*'],
    },
  ];
}
