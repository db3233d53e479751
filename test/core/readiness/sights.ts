/**
 * A cluster in which a rehearsal finds nothing but what nobody can verify: each test changes one thing of it.
 *
 * @module
 */
import { failoverSchema, accountGrants } from '../../../lib/adapters/mysql/index.ts';
import type { ClusterConfig, Engine, NodeConfig } from '../../../lib/core/config.ts';
import type { NodeObservation, ServerObservation } from '../../../lib/core/observation.ts';
import { FAILOVER_TABLES, type AccountSight } from '../../../lib/core/readiness/account-sight.ts';
import type { FenceSight } from '../../../lib/core/readiness/fence.ts';
import type { Look } from '../../../lib/core/readiness/look.ts';
import type { InterfaceFacts } from '../../../lib/core/readiness/network-facts.ts';
import type { AccountRole } from '../../../lib/core/readiness/privileges.ts';
import type { RouteSight } from '../../../lib/core/readiness/route.ts';
import type { NodeSight, ServersSight } from '../../../lib/core/readiness/servers.ts';
import { NOW, replica, semiSync, server } from '../examples.ts';
import { exampleCluster } from '../../fakes/example-config.ts';

export const ok = <T>(value: T): Look<T> => ({ ok: true, value });
export const failed = (failure: Extract<Look<unknown>, { ok: false }>['failure'], because = 'it said no') =>
  ({ ok: false, failure, because }) as const;

export const cluster: ClusterConfig = exampleCluster();
const [db1, db2, db3] = cluster.nodes as [NodeConfig, NodeConfig, NodeConfig];
export const nodes = { db1, db2, db3 };

/** What the documented grants show as. */
export function grantLines(engine: Engine, role: AccountRole): string[] {
  return accountGrants(engine)[role].map((grant) => `GRANT ${grant.replace(/ON (\w+|\*)\.(\w+|\*)$/, quoted)}`);
}
const quoted = (_all: string, database: string, table: string) => `ON ${quote(database)}.${quote(table)}`;
const quote = (name: string) => (name === '*' ? '*' : `\`${name}\``);

/** Columns of each table that the documented schema makes. */
export function schemaColumns(): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    failoverSchema().flatMap((sql) => {
      const [, table, body] = /CREATE TABLE IF NOT EXISTS failover\.(\w+) \(([^]*)\) ENGINE/.exec(sql) ?? [];
      return table === undefined || body === undefined
        ? []
        : [[table, [...body.matchAll(/^\s+(\w+) /gm)].map((each) => each[1]!)]];
    }),
  );
}

export function accountSight(role: AccountRole, node: NodeConfig = db2): AccountSight {
  return {
    account: `${role}@%`,
    grants: grantLines('mariadb', role),
    isEncrypted: true,
    tables: FAILOVER_TABLES,
    server: {
      identity: node.id.replace('db-', ''),
      isReadOnly: node !== db1,
      heartbeatPeriodMs: 250,
      netTimeoutSeconds: 10,
      receivesByItself: null,
      clockOffsetMs: 0,
    },
  };
}

export function nodeSight(node: NodeConfig, changes: Partial<NodeSight> = {}): NodeSight {
  const as = (role: AccountRole) => ok(accountSight(role, node));
  return {
    node,
    accounts: { monitor: as('monitor'), operator: as('operator'), replication: as('replication') },
    observation: null,
    ...changes,
  };
}

export function serversSight(changes: Partial<ServersSight> = {}): ServersSight {
  return { cluster, primary: 'db-1', nodes: cluster.nodes.map((node) => nodeSight(node)), ...changes };
}

/** As the servers of a healthy cluster are: the primary first. */
export function observations(change: (id: string, server: ServerObservation) => ServerObservation = (_, each) => each) {
  return cluster.nodes.map((node, index): NodeObservation => {
    const seen = server({
      identity: String(index + 1),
      readOnly: index > 0,
      replica: index === 0 ? null : replica({ receiver: 'receiving', lagSeconds: 0 }),
      semiSyncSource: semiSync({ enabled: index === 0, connectedReplicas: 2 }),
    });
    return { nodeId: node.id, atMs: NOW, reachable: true, server: change(node.id, seen) };
  });
}

function facts(node: NodeConfig): InterfaceFacts {
  const addresses = node === db1 ? [node.address, cluster.route.address] : [node.address];
  return { id: node.networkInterfaceId, subnetId: node.subnetId, vpcId: 'vpc-1', addresses };
}

export function fenceSight(node: NodeConfig, changes: Partial<FenceSight> = {}): FenceSight {
  return {
    node,
    stateName: ok('running'),
    interfaces: ok([facts(node)]),
    isStopProtected: ok(false),
    stop: ok({ wouldDo: true }),
    isolate: ok({ wouldDo: true }),
    ...changes,
  };
}

export const FENCE_GROUP = { id: 'sg-fence', look: ok({ vpcId: 'vpc-1', ingressRules: 0 }) };

export function routeSight(changes: Partial<RouteSight> = {}): RouteSight {
  return {
    cluster,
    primary: 'db-1',
    route: 'vip',
    interfaces: cluster.nodes.map((node) => ({
      node,
      interface: ok(facts(node)),
      subnetBlock: ok('10.0.1.0/24'),
      mostAddresses: ok(10),
    })),
    record: ok({ ttlSeconds: 60, addresses: [cluster.route.address] }),
    topic: ok(undefined),
    executions: ok(undefined),
    ...changes,
  };
}
