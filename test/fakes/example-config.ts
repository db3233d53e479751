/**
 * The cluster that the tests of decisions and steps are about: three MariaDB servers in one subnet, three monitors in
 * three zones. Everything has the shortest name that the schema takes.
 *
 * @module
 */
import { parseConfig, type ClusterConfig, type Config, type ConfigInput } from '../../lib/core/config.ts';

type ClusterInput = ConfigInput['clusters'][number];

/** As somebody would write it, unchecked, without a single default. */
export function configInput(cluster: Partial<ClusterInput> = {}, rest: Partial<ConfigInput> = {}): ConfigInput {
  return {
    vpcId: 'vpc-1',
    databaseSecurityGroupId: 'sg-1',
    monitors: ['a', 'b', 'c'].map((id) => ({
      id,
      availabilityZone: `eu-central-1${id}`,
      subnetId: `subnet-${id}`,
    })),
    routeTableIds: ['rtb-1'],
    clusters: [
      {
        id: 'orders',
        engine: 'mariadb',
        nodes: [1, 2, 3].map((n) => ({
          id: `db-${n}`,
          address: `10.0.1.1${n}`,
          instanceId: `i-${n}`,
          networkInterfaceId: `eni-${n}`,
          subnetId: 'subnet-d',
          availabilityZone: 'eu-central-1a',
        })),
        initialPrimary: 'db-1',
        secrets: { monitor: 'monitor', operator: 'operator', replication: 'replication' },
        tls: { mode: 'off' },
        route: { type: 'secondaryPrivateIp', address: '10.0.1.100' },
        dns: { hostedZoneId: 'Z1', recordName: 'orders.db.example.internal' },
        ...cluster,
      },
    ],
    ...rest,
  };
}

/** The same, checked and with defaults. */
export function exampleConfig(cluster: Partial<ClusterInput> = {}, rest: Partial<ConfigInput> = {}): Config {
  return parseConfig(configInput(cluster, rest));
}

/** Its one cluster. */
export function exampleCluster(cluster: Partial<ClusterInput> = {}): ClusterConfig {
  return exampleConfig(cluster).clusters[0]!;
}

/** Its nodes as input, for a test to change. */
export function nodesInput(change: (id: string) => Partial<ClusterInput['nodes'][number]>): ClusterInput['nodes'] {
  return configInput().clusters[0]!.nodes.map((node) => ({ ...node, ...change(node.id) }));
}
