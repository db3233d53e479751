/**
 * What an account of ours meets on a server: whether it is let in, what it lacks, and whether anybody could read along.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from '../config.ts';
import { FAILOVER_TABLES, type AccountSight } from './account-sight.ts';
import { findingOf, type Finding } from './finding.ts';
import type { FindingCode } from './findings.ts';
import { isGranted } from './grants.ts';
import type { Look } from './look.ts';
import { missingPrivileges, type AccountRole } from './privileges.ts';

/** Why an account was not let in, or got no answer. */
export function refusal(
  cluster: ClusterConfig,
  node: NodeConfig,
  role: AccountRole,
  { failure, because }: Extract<Look<unknown>, { ok: false }>,
): Finding {
  const of = (code: FindingCode, subject = node.id) => findingOf(code, cluster.id, subject, because);
  switch (failure) {
    case 'denied':
      return of('account-refused', `${node.id} (${role})`);
    case 'untrusted':
      return of('server-untrusted');
    case 'other-server':
      return of('other-server');
    case 'sql':
    case 'read-only':
    case 'full':
      return of('server-unreadable', `${node.id} (${role})`);
    default:
      return of('server-unreachable');
  }
}

/** Privileges and tables that the account needs on the server and does not have. */
export function lackingFindings(
  cluster: ClusterConfig,
  node: NodeConfig,
  role: AccountRole,
  sight: AccountSight,
): Finding[] {
  return [...lackingPrivileges(cluster, node, role, sight), ...lackingTables(cluster, node, sight)];
}

function lackingPrivileges(
  cluster: ClusterConfig,
  node: NodeConfig,
  role: AccountRole,
  sight: AccountSight,
): Finding[] {
  return missingPrivileges(cluster.engine, role, sight.grants).map(({ privilege, on, purpose }) =>
    findingOf(
      'privilege-missing',
      cluster.id,
      `${node.id} (${role}: ${privilege} ON ${on})`,
      `${sight.account} lacks ${privilege} ON ${on} on ${node.id}, which it needs to ${purpose}`,
    ),
  );
}

/** A table that the account may not see is a missing privilege, not a missing table. */
function lackingTables(cluster: ClusterConfig, node: NodeConfig, sight: AccountSight): Finding[] {
  return Object.entries(FAILOVER_TABLES).flatMap(([table, columns]) => {
    if (!isGranted(sight.grants, 'SELECT', `failover.${table}`)) return [];
    const missing = columns.filter((column) => sight.tables[table]?.includes(column) !== true);
    if (missing.length === 0) return [];
    const what =
      sight.tables[table] === undefined
        ? `${node.id} has no table failover.${table}`
        : `failover.${table} of ${node.id} lacks ${missing.join(', ')}`;
    return [findingOf('schema-missing', cluster.id, `${node.id} (failover.${table})`, what)];
  });
}

/** Nobody connects without TLS where it is asked for; that somebody has is worth a finding all the same. */
export function plainConnections(
  { id, tls }: ClusterConfig,
  node: NodeConfig,
  sights: readonly { readonly role: AccountRole; readonly sight: AccountSight }[],
): Finding[] {
  const plain = sights.filter(({ sight }) => !sight.isEncrypted).map(({ role }) => role);
  if (tls.mode === 'off' || plain.length === 0) return [];
  const because = `the connection to ${node.id} as ${plain.join(', ')} is not encrypted, and tls.mode is ${tls.mode}`;
  return [findingOf('server-untrusted', id, node.id, because)];
}
