/**
 * Clusters of three nodes each on the loopback net. A node is an address, and all of them share one port, so that one
 * socket listens for a thousand clusters. Each address has fifteen characters, so that one prepared answer fits all.
 *
 * @module
 */
import { parseConfig, type Config, type Engine } from '../../lib/core/config.ts';

export const NODES = 3;
/** Values of an octet that have three digits and no other meaning. */
const LEAST_OCTET = 100;
const OCTETS = 150;
const ADDRESS = /^127\.(1\d\d)\.(\d{3})\.(\d{3})$/;

export interface NodeAddress {
  readonly cluster: number;
  /** 0 is the primary. */
  readonly node: number;
}

export function addressOf({ cluster, node }: NodeAddress): string {
  const high = LEAST_OCTET + Math.floor(cluster / OCTETS);
  return `127.${LEAST_OCTET + node}.${high}.${LEAST_OCTET + (cluster % OCTETS)}`;
}

/** Whose address this is; null when it is nobody's. */
export function nodeAt(address: string): NodeAddress | null {
  const [, node, high, low] = ADDRESS.exec(address) ?? [];
  if (node === undefined || Number(node) >= LEAST_OCTET + NODES) return null;
  return {
    cluster: (Number(high) - LEAST_OCTET) * OCTETS + Number(low) - LEAST_OCTET,
    node: Number(node) - LEAST_OCTET,
  };
}

export interface FleetSpec {
  readonly clusters: number;
  readonly engine: Engine;
  readonly port: number;
  readonly intervalMs: number;
  /** PEM of the CA that signed the servers' certificate; null without TLS. */
  readonly ca: string | null;
}

/** The configuration of a deployment that looks after all of them. */
export function fleetConfig({ clusters, engine, port, intervalMs, ca }: FleetSpec): Config {
  return parseConfig({
    vpcId: 'vpc-1',
    databaseSecurityGroupId: 'sg-1',
    routeTableIds: ['rtb-1'],
    // One invocation watches all of them.
    monitoring: { clustersPerShard: clusters },
    monitors: ['a', 'b', 'c'].map((id) => ({
      id,
      availabilityZone: `eu-central-1${id}`,
      subnetId: `subnet-${id}`,
    })),
    clusters: Array.from({ length: clusters }, (_, cluster) => ({
      id: `cluster-${cluster + 1}`,
      engine,
      port,
      nodes: Array.from({ length: NODES }, (_, node) => ({
        id: `db-${node + 1}`,
        address: addressOf({ cluster, node }),
        instanceId: `i-${cluster * NODES + node + 1}`,
        networkInterfaceId: `eni-${cluster * NODES + node + 1}`,
        subnetId: 'subnet-d',
        availabilityZone: 'eu-central-1a',
      })),
      initialPrimary: 'db-1',
      secrets: { monitor: 'monitor', operator: 'operator', replication: 'replication' },
      tls: ca === null ? { mode: 'off' as const } : { mode: 'verify-ca' as const, ca },
      bootsReadOnly: true,
      detection: { intervalMs },
      route: { type: 'secondaryPrivateIp' as const, address: `10.${Math.floor(cluster / 250)}.${cluster % 250}.100` },
      dns: { hostedZoneId: 'Z1', recordName: `cluster-${cluster + 1}.db.example.internal` },
    })),
  });
}
