/**
 * What a lab stands on: hosts and real servers that replicate, and nobody who looks after them.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { accountGrants, failoverSchema } from '../../lib/adapters/mysql/index.ts';
import { certificateAuthority, type CertificateAuthority } from '../mysql/certificates.ts';
import type { LabServer } from '../mysql/lab-server.ts';
import { startReplicationSet, type ReplicationSet } from '../mysql/replication-set.ts';
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
  /** How many servers follow the primary. Default: 2. */
  readonly replicas?: number;
  /** What the data of the first server is on. Default: null, a plain directory. */
  readonly primaryVolume?: VolumeKind | null;
}

/** Hosts with nothing on them yet. */
export interface Site {
  readonly network: LabNetwork;
  readonly plan: ReturnType<typeof topology.addressPlan>;
  readonly applicationHost: Host;
  /** Hosts of the servers, in the order of the nodes; each has the name of its node. */
  readonly hosts: readonly Host[];
  readonly authority: CertificateAuthority;
  /** Who vouches for the servers, as PEM text. */
  readonly caPem: string;
  /** Of the lab alone; below the one that was given. */
  readonly directory: string;
  /** The volume of the first server; null without one of its own. */
  readonly primaryVolume: Volume | null;
  close(): Promise<void>;
}

export interface Ground extends Site {
  readonly servers: ReadonlyMap<string, LabServer>;
}

/** Hosts, and servers on them that replicate. */
export async function startGround(options: GroundOptions): Promise<Ground> {
  const site = await laySite(options);
  try {
    const set = await startServers(site, options);
    const close = async () => {
      await set.stop();
      await site.close();
    };
    return { ...site, servers: serversByName(set), close };
  } catch (error) {
    await site.close();
    throw error;
  }
}

export async function laySite(options: GroundOptions): Promise<Site> {
  const { network, primaryVolume: kind = null } = options;
  const plan = topology.addressPlan(network.prefix, options.replicas);
  // Short, because the path of a server's socket may have 107 characters.
  const directory = await mkdtemp(join(options.directory, 'l-'));
  let primaryVolume: Volume | null = null;
  const close = async () => {
    await primaryVolume?.remove();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    primaryVolume = kind === null ? null : await mountVolume(kind, join(directory, topology.PRIMARY));
    const authority = await certificateAuthority();
    const hosts = await Promise.all(
      plan.databases.servers.map(({ name, address }, index) =>
        network.addHost({
          name,
          address,
          guestAddresses: [plan.vip],
          ...(index === 0 && primaryVolume !== null && { onPowerOff: mendOf(primaryVolume) }),
        }),
      ),
    );
    const applicationHost = await network.addHost({ name: 'app', address: plan.application.host });
    const { caPem } = authority;
    return { network, plan, applicationHost, hosts, authority, caPem, directory, primaryVolume, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves when every replica follows. Ends what it started when it throws; the site stays as it was. */
export async function startServers(site: Site, { build, semiSync }: GroundOptions): Promise<ReplicationSet> {
  const { hosts, directory, authority } = site;
  const { username: user, password } = topology.ACCOUNTS.replication;
  return startReplicationSet({
    build,
    hosts,
    directory,
    semiSync: semiSync === 'required',
    port: topology.PORT,
    authority,
    accounts: accountsFor(build.engine),
    replication: { user, password },
    schema: [
      ...failoverSchema(),
      'CREATE DATABASE app',
      'CREATE TABLE app.writes (n BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(40) NOT NULL, sent_at_ms BIGINT NOT NULL)',
    ],
  });
}

export function serversByName({ servers }: ReplicationSet): ReadonlyMap<string, LabServer> {
  return new Map(servers.map((server) => [server.host.name, server]));
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
      grants: ['ALL PRIVILEGES ON app.*'],
    },
  ];
}
