/**
 * What a lab stands on: hosts and real servers that replicate, and nobody who looks after them.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { accountGrants, failoverSchema } from '../../lib/adapters/mysql/index.ts';
import { certificateAuthority } from '../mysql/certificates.ts';
import type { LabServer } from '../mysql/lab-server.ts';
import { startReplicationSet } from '../mysql/replication-set.ts';
import { mountVolume, type Volume, type VolumeKind } from '../mysql/volume.ts';
import type { Host, LabNetwork } from '../net/network.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import * as topology from './topology.ts';

export interface GroundOptions {
  readonly network: LabNetwork;
  readonly build: EngineBuild;
  /** Where data directories go; emptied with the lab. */
  readonly directory: string;
  readonly semiSync: 'required' | 'off';
  /** What the data of the first server is on. Default: null, a plain directory. */
  readonly primaryVolume?: VolumeKind | null;
}

export interface Ground {
  readonly network: LabNetwork;
  readonly plan: ReturnType<typeof topology.addressPlan>;
  readonly applicationHost: Host;
  /** Hosts of the servers, in the order of the nodes; each has the name of its node. */
  readonly hosts: readonly Host[];
  readonly servers: ReadonlyMap<string, LabServer>;
  /** Who vouches for the servers, as PEM text. */
  readonly caPem: string;
  /** The volume of the first server; null without one of its own. */
  readonly primaryVolume: Volume | null;
  close(): Promise<void>;
}

export async function startGround(options: GroundOptions): Promise<Ground> {
  const { network, build, semiSync, primaryVolume: kind = null } = options;
  const plan = topology.addressPlan(network.prefix);
  const directory = await mkdtemp(join(options.directory, 'l-'));
  let primaryVolume: Volume | null = null;
  const removeDirectory = async () => {
    await primaryVolume?.remove();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    primaryVolume = kind === null ? null : await mountVolume(kind, join(directory, topology.NODES[0]));
    const hosts = await Promise.all(
      topology.NODES.map((name, index) =>
        network.addHost({
          name,
          address: plan.databases.hosts[index] ?? '',
          guestAddresses: [plan.vip],
          ...(index === 0 && primaryVolume !== null && { onPowerOff: mendOf(primaryVolume) }),
        }),
      ),
    );
    const applicationHost = await network.addHost({ name: 'app', address: plan.application.host });
    const authority = await certificateAuthority();
    const set = await startReplicationSet({
      build,
      hosts,
      directory,
      semiSync: semiSync === 'required',
      port: topology.PORT,
      authority,
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
      caPem: authority.caPem,
      primaryVolume,
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

/** A host that is powered off ends its processes, which a volume that stalls would keep from ending. */
function mendOf(volume: Volume): () => Promise<void> {
  return () => volume.mend();
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
