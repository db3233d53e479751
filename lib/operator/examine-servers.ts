/**
 * Looks at every server of a cluster with each of its accounts and says what a failover would meet there. The rehearsal
 * and `doctor` both do it by this. It changes nothing.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from '../core/config.ts';
import type { NodeObservation, ServerObservation } from '../core/observation.ts';
import type { AccountSight } from '../core/readiness/account-sight.ts';
import { electionFindings, type HypotheticalLoss, replicasOf } from '../core/readiness/election.ts';
import { findingOf, sorted, type Finding } from '../core/readiness/finding.ts';
import { look, type Look } from '../core/readiness/look.ts';
import { ACCOUNT_ROLES, type AccountRole } from '../core/readiness/privileges.ts';
import { serverFindings, type NodeSight, type ServersSight } from '../core/readiness/servers.ts';
import type { Clock, Secrets } from '../ports/cloud.ts';
import type { Credentials, Databases, DatabaseTarget } from '../ports/database.ts';
import type { Inspector } from '../ports/rehearsal.ts';

export interface ServerAccess {
  readonly databases: Databases;
  readonly inspector: Inspector;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** How a node is connected to, with these credentials. */
  target(cluster: ClusterConfig, node: NodeConfig, credentials: Credentials): DatabaseTarget;
}

export interface Examination extends ServersSight {
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** What could be read of each secret. */
  readonly credentials: Readonly<Record<AccountRole, Look<Credentials>>>;
}

/** The record of the cluster, as far as it decides who could be elected; null where there is none, or none is at hand. */
export type KnownRecord = (HypotheticalLoss['record'] & { readonly primary: string }) | null;

/** Never rejects for what a server or a secret does: that is what it finds. */
export async function examineServers(
  access: ServerAccess,
  cluster: ClusterConfig,
  record: KnownRecord,
): Promise<Examination> {
  const credentials = await readSecrets(access, cluster);
  const inspected = await Promise.all(
    cluster.nodes.map(async (node) => ({ node, accounts: await inspect(access, cluster, node, credentials) })),
  );
  const primary = record?.primary ?? writableAmong(inspected);
  const observations = await observe(access, cluster, primary, credentials.operator);
  const nodes = inspected.map((each): NodeSight => ({ ...each, observation: observations.get(each.node.id) ?? null }));
  const sight: ServersSight = { cluster, primary, nodes };
  return {
    ...sight,
    credentials,
    findings: sorted([
      ...unreadableSecrets(cluster, credentials),
      ...serverFindings(sight),
      ...(primary === null
        ? []
        : electionFindings({ cluster, primary, record, observations: observationsOf(sight, access.clock.now()) })),
    ]),
  };
}

async function readSecrets({ secrets }: ServerAccess, cluster: ClusterConfig): Promise<Examination['credentials']> {
  const [monitor, operator, replication] = await Promise.all(
    ACCOUNT_ROLES.map((role) => look(secrets.credentials(cluster.secrets[role], { fresh: true }))),
  );
  const unread = { ok: false, failure: 'untried', because: 'it was not read' } as const;
  return { monitor: monitor ?? unread, operator: operator ?? unread, replication: replication ?? unread };
}

function unreadableSecrets(cluster: ClusterConfig, credentials: Examination['credentials']): Finding[] {
  return ACCOUNT_ROLES.flatMap((role) => {
    const secret = credentials[role];
    return secret.ok ? [] : [findingOf('secret-unreadable', cluster.id, cluster.secrets[role], secret.because)];
  });
}

/** With each account, one after the other: a server with few connections left is not asked for three at once. */
async function inspect(
  access: ServerAccess,
  cluster: ClusterConfig,
  node: NodeConfig,
  credentials: Examination['credentials'],
): Promise<NodeSight['accounts']> {
  const as = async (role: AccountRole): Promise<Look<AccountSight> | null> => {
    const secret = credentials[role];
    return secret.ok ? look(access.inspector.inspect(access.target(cluster, node, secret.value))) : null;
  };
  return { operator: await as('operator'), monitor: await as('monitor'), replication: await as('replication') };
}

/** Who takes writes; null when nobody does, or more than one. */
export function writableAmong(nodes: readonly Pick<NodeSight, 'node' | 'accounts'>[]): string | null {
  const writable = nodes.filter(({ accounts }) =>
    ACCOUNT_ROLES.some((role) => {
      const account = accounts[role];
      return account?.ok === true && !account.value.server.isReadOnly;
    }),
  );
  return writable.length === 1 ? (writable[0]?.node.id ?? null) : null;
}

/** The replicas first: what they receive meanwhile would look errant if the primary had been asked before them. */
async function observe(
  access: ServerAccess,
  cluster: ClusterConfig,
  primary: string | null,
  operator: Look<Credentials>,
): Promise<ReadonlyMap<string, Look<ServerObservation>>> {
  const seen = new Map<string, Look<ServerObservation>>();
  if (!operator.ok) return seen;
  const one = async (node: NodeConfig) => {
    const asking = async () => {
      const server = await access.databases.connect(access.target(cluster, node, operator.value));
      try {
        return await server.observe();
      } finally {
        await server.close();
      }
    };
    seen.set(node.id, await look(asking()));
  };
  await Promise.all(replicasOf(cluster, primary ?? '').map(one));
  await Promise.all(cluster.nodes.filter(({ id }) => id === primary).map(one));
  return seen;
}

function observationsOf({ nodes }: ServersSight, atMs: number): readonly NodeObservation[] {
  return nodes.flatMap(({ node, observation }): NodeObservation[] => {
    if (observation === null) return [];
    return observation.ok
      ? [{ nodeId: node.id, atMs, reachable: true, server: observation.value }]
      : [{ nodeId: node.id, atMs, reachable: false, failure: observation.failure, detail: observation.because }];
  });
}
