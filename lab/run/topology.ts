/**
 * The landscape of a lab: servers in one subnet, as a secondary private address needs them, a monitor in each
 * of three zones, and an application in a subnet of its own.
 *
 * @module
 */
import type { ConfigInput } from '../../lib/core/config.ts';
import type { Instance } from '../cloud/world/model.ts';

export const REGION = 'eu-west-1';
export const ZONES = ['a', 'b', 'c'] as const;
export const CLUSTER = 'orders';
export const VPC = 'vpc-0a1b2c3d4e5f60001';
export const SUBNETS = { databases: 'subnet-0a1b2c3d4e5f60001', application: 'subnet-0a1b2c3d4e5f60002' } as const;
export const ZONE = { id: 'Z0LABDATABASES', name: 'db.lab.internal' } as const;
export const RECORD = `${CLUSTER}.${ZONE.name}`;
export const RECORD_TTL_SECONDS = 2;
/** The primary that a lab begins with. */
export const PRIMARY = 'db-1';
export const PORT = 3306;

export const monitorSubnet = (zone: string) => `subnet-0a1b2c3d4e5f6001${zone}`;
export const zoneName = (zone: string) => `${REGION}${zone}`;

/**
 * The zone of the n-th server. A subnet lies in one zone, and the VIP of a drill moves within one subnet only: servers in
 * three zones are what the configuration says, so that votes and vetoes count by zone, and no truth of the lab's VPC.
 */
export const nodeZone = (index: number, zones: 'one' | 'three') =>
  zones === 'one' ? ZONES[0] : (ZONES[index % ZONES.length] ?? ZONES[0]);

/** Addresses, given the first two numbers of the network. */
export function addressPlan(prefix: string, replicas = 2) {
  const servers = Array.from({ length: replicas + 1 }, (_, index) => ({
    name: index === 0 ? PRIMARY : `db-${index + 1}`,
    address: `${prefix}.1.${11 + index}`,
  }));
  return {
    vip: `${prefix}.1.100`,
    databases: { cidr: `${prefix}.1.0/24`, servers },
    application: { cidr: `${prefix}.2.0/24`, host: `${prefix}.2.10` },
    monitors: ZONES.map((zone, index) => ({ zone, cidr: `${prefix}.${11 + index}.0/24` })),
  };
}

/** Accounts of the lab. The application's is an ordinary one, without any administrative privilege. */
export const ACCOUNTS = {
  monitor: { username: 'failover_monitor', password: 'lab-monitor' },
  operator: { username: 'failover_operator', password: 'lab-operator' },
  replication: { username: 'failover_replica', password: 'lab-replica' },
  application: { username: 'app', password: 'lab-app' },
} as const;

/** What the drill deploys: a configuration such as a user would write. */
export function configOf(options: {
  readonly engine: 'mariadb' | 'mysql';
  readonly vip: string;
  readonly databaseGroup: string;
  readonly instances: readonly Instance[];
  readonly semiSync: 'required' | 'off';
  /** Who vouches for the servers, as PEM text. */
  readonly ca: string;
  readonly detection: NonNullable<ConfigInput['clusters'][number]['detection']>;
  readonly zones: 'one' | 'three';
  readonly fenceDeadlineSeconds?: number | undefined;
  readonly declaresBootReadOnly?: boolean | undefined;
  readonly cooldownSeconds?: number | undefined;
  readonly resourceTag?: ConfigInput['resourceTag'];
}): ConfigInput {
  return {
    vpcId: VPC,
    databaseSecurityGroupId: options.databaseGroup,
    endpoints: 'existing',
    ...(options.resourceTag !== undefined && { resourceTag: options.resourceTag }),
    monitors: ZONES.map((zone) => ({ id: zone, availabilityZone: zoneName(zone), subnetId: monitorSubnet(zone) })),
    clusters: [
      {
        id: CLUSTER,
        engine: options.engine,
        port: PORT,
        initialPrimary: PRIMARY,
        nodes: options.instances.map((instance, index) => ({
          id: instance.name,
          address: instance.networkInterface.privateIpAddress,
          instanceId: instance.instanceId,
          networkInterfaceId: instance.networkInterface.networkInterfaceId,
          subnetId: SUBNETS.databases,
          availabilityZone: zoneName(nodeZone(index, options.zones)),
        })),
        secrets: { monitor: 'lab/monitor', operator: 'lab/operator', replication: 'lab/replication' },
        tls: { mode: 'verify-identity', ca: options.ca },
        semiSync: options.semiSync,
        bootsReadOnly: options.declaresBootReadOnly ?? true,
        detection: options.detection,
        ...(options.cooldownSeconds !== undefined && { cooldownSeconds: options.cooldownSeconds }),
        fence: options.fenceDeadlineSeconds === undefined ? {} : { deadlineSeconds: options.fenceDeadlineSeconds },
        route: { type: 'secondaryPrivateIp', address: options.vip },
        dns: { hostedZoneId: ZONE.id, recordName: RECORD, ttlSeconds: RECORD_TTL_SECONDS },
      },
    ],
  };
}
