/**
 * What a failover would meet on the servers of a cluster, from what the three accounts see there. The rehearsal and
 * `doctor` judge by this, so that they never say different things.
 *
 * @module
 */
import { MAX_CLOCK_SKEW_MS } from '../ballot.ts';
import type { ClusterConfig, NodeConfig } from '../config.ts';
import type { ServerObservation } from '../observation.ts';
import { HEARTBEAT_PERIOD_MS, witnessSilenceMs } from '../veto.ts';
import { FAILOVER_TABLES, type AccountSight, type ServerSetup } from './account-sight.ts';
import { findingOf, type Finding } from './finding.ts';
import type { FindingCode } from './findings.ts';
import { isGranted } from './grants.ts';
import type { Look } from './look.ts';
import { ACCOUNT_ROLES, missingPrivileges, type AccountRole } from './privileges.ts';

/**
 * How soon a replica gives up a silent source and reconnects, in seconds: what a failover sets. Witnesses count silence
 * by themselves; what matters is that a receiver which reconnects can't be stopped for two seconds, so this is longer
 * than a detection.
 */
export const NET_TIMEOUT_SECONDS = 10;

/** One node, as it was looked at with each account. */
export interface NodeSight {
  readonly node: NodeConfig;
  /** Null where the secret of the account could not be read. */
  readonly accounts: Readonly<Record<AccountRole, Look<AccountSight> | null>>;
  /** What the operator sees of the server; null when it was not asked. */
  readonly observation: Look<ServerObservation> | null;
}

export interface ServersSight {
  readonly cluster: ClusterConfig;
  /** By the record, or who takes writes where there is none yet; null when nobody can tell. */
  readonly primary: string | null;
  readonly nodes: readonly NodeSight[];
}

/** Findings of every server by itself. Whether somebody could be elected is asked by `electionFindings`. */
export function serverFindings(sight: ServersSight): readonly Finding[] {
  const { cluster, nodes } = sight;
  const found = [...nodes.flatMap((each) => nodeFindings(sight, each)), ...sameServers(sight)];
  if (cluster.engine === 'mariadb') {
    found.push(
      findingOf(
        'receiver-start-unverifiable',
        cluster.id,
        cluster.id,
        'a MariaDB server does not tell whether it would receive again by itself after a restart',
      ),
    );
  }
  return found;
}

function nodeFindings(sight: ServersSight, { node, accounts, observation }: NodeSight): readonly Finding[] {
  const { cluster } = sight;
  const looks = ACCOUNT_ROLES.flatMap((role) => {
    const account = accounts[role];
    return account === null ? [] : [{ role, account }];
  });
  const refused = looks.flatMap(({ role, account }) => (account.ok ? [] : [refusal(cluster, node, role, account)]));
  const sights = looks.flatMap(({ role, account }) => (account.ok ? [{ role, sight: account.value }] : []));
  const lacking = sights.flatMap((each) => [
    ...lackingPrivileges(cluster, node, each.role, each.sight),
    ...lackingTables(cluster, node, each.sight),
  ]);
  const [first] = sights;
  const found = [
    ...onceEach(refused),
    ...onceEach(lacking),
    ...(first === undefined ? [] : setupFindings(sight, node, first.sight.server)),
    ...plainConnections(cluster, node, sights),
  ];
  // What it lacks has a finding already; the error that comes of it would tell the same once more.
  if (
    accounts.operator?.ok === true &&
    observation?.ok === false &&
    found.every(({ severity }) => severity !== 'fails')
  ) {
    found.push(findingOf('server-unreadable', cluster.id, node.id, observation.because));
  }
  return found;
}

function refusal(
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

function setupFindings({ cluster, primary }: ServersSight, node: NodeConfig, server: ServerSetup): Finding[] {
  const of = (code: FindingCode, because: string) => findingOf(code, cluster.id, node.id, because);
  const found: Finding[] = [];
  if (node.identity !== undefined && node.identity !== server.identity) {
    found.push(of('other-server', `${node.id} is to be server ${node.identity}, and ${server.identity} answers`));
  }
  if (Math.abs(server.clockOffsetMs) > MAX_CLOCK_SKEW_MS) {
    const direction = server.clockOffsetMs > 0 ? 'ahead of' : 'behind';
    found.push(
      of(
        'clock-off',
        `the clock of ${node.id} is ${Math.abs(server.clockOffsetMs)} ms ${direction} that of the looker`,
      ),
    );
  }
  return primary === null || node.id === primary ? found : [...found, ...replicaFindings(cluster, node, server)];
}

/** Nobody connects without TLS where it is asked for; that somebody has is worth a finding all the same. */
function plainConnections(
  { id, tls }: ClusterConfig,
  node: NodeConfig,
  sights: readonly { readonly role: AccountRole; readonly sight: AccountSight }[],
): Finding[] {
  const plain = sights.filter(({ sight }) => !sight.isEncrypted).map(({ role }) => role);
  if (tls.mode === 'off' || plain.length === 0) return [];
  const because = `the connection to ${node.id} as ${plain.join(', ')} is not encrypted, and tls.mode is ${tls.mode}`;
  return [findingOf('server-untrusted', id, node.id, because)];
}

function replicaFindings(cluster: ClusterConfig, node: NodeConfig, server: ServerSetup): Finding[] {
  const of = (code: FindingCode, because: string) => findingOf(code, cluster.id, node.id, because);
  const { heartbeatPeriodMs, netTimeoutSeconds, receivesByItself } = server;
  const boundMs = witnessSilenceMs(cluster.detection);
  const found: Finding[] = [];
  // Two must fit into the silence, or one that comes late looks like a death.
  if (heartbeatPeriodMs !== null && heartbeatPeriodMs > Math.max(boundMs / 2, HEARTBEAT_PERIOD_MS)) {
    found.push(
      of(
        'heartbeat-slow',
        `${node.id} asks for a heartbeat each ${heartbeatPeriodMs} ms, and counts as silent after ${boundMs} ms`,
      ),
    );
  }
  if (netTimeoutSeconds > NET_TIMEOUT_SECONDS) {
    found.push(
      of(
        'net-timeout-slow',
        `${node.id} waits ${netTimeoutSeconds} s for a silent source, not ${NET_TIMEOUT_SECONDS} s`,
      ),
    );
  }
  if (receivesByItself === true) {
    found.push(of('receives-by-itself', `${node.id} would receive again by itself after a restart`));
  }
  return found;
}

function sameServers({ cluster, nodes }: ServersSight): readonly Finding[] {
  const seen = nodes.flatMap(({ node, accounts }) => {
    const sight = ACCOUNT_ROLES.map((role) => accounts[role]).find((each) => each?.ok === true);
    return sight?.ok === true ? [{ id: node.id, identity: sight.value.server.identity }] : [];
  });
  return seen.flatMap(({ id, identity }, index) => {
    const other = seen.slice(0, index).find((each) => each.identity === identity);
    const because = `${other?.id} and ${id} are one server: both say that they are ${identity}`;
    return other === undefined ? [] : [findingOf('same-server', cluster.id, `${other.id}, ${id}`, because)];
  });
}

/** A server that is down is down for every account: told once. */
function onceEach(findings: readonly Finding[]): Finding[] {
  return [
    ...new Map(findings.toReversed().map((each) => [`${each.code} ${each.subject}`, each])).values(),
  ].toReversed();
}
