/**
 * What a failover would meet on the servers of a cluster, from what the three accounts see there. The rehearsal and
 * `doctor` judge by this, so that they never say different things.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from '../config.ts';
import type { ServerObservation } from '../observation.ts';
import { lackingFindings, plainConnections, refusal } from './account-findings.ts';
import type { AccountSight } from './account-sight.ts';
import { findingOf, keyOf, type Finding } from './finding.ts';
import type { Look } from './look.ts';
import { ACCOUNT_ROLES, type AccountRole } from './privileges.ts';
import { setupFindings } from './setup-findings.ts';

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
  const lacking = sights.flatMap((each) => lackingFindings(cluster, node, each.role, each.sight));
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

function sameServers({ cluster, nodes }: ServersSight): readonly Finding[] {
  const seen = nodes.flatMap(({ node, accounts }) => {
    const sight = ACCOUNT_ROLES.map((role) => accounts[role]).find((each) => each?.ok === true);
    return sight?.ok === true ? [{ id: node.id, identity: sight.value.server.identity }] : [];
  });
  return seen.flatMap(({ id, identity }, index) => {
    const other = seen.slice(0, index).find((each) => each.identity === identity);
    if (other === undefined) return [];
    const because = `${other.id} and ${id} are one server: both say that they are ${identity}`;
    return [findingOf('same-server', cluster.id, `${other.id}, ${id}`, because)];
  });
}

/** A server that is down is down for every account: told once. */
function onceEach(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.toReversed().map((each) => [keyOf(each), each])).values()].toReversed();
}
