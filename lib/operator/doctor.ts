/**
 * The doctor: what a failover would meet on the servers of a cluster, looked at from anywhere that reaches them; and with
 * an administrator's account it makes what is missing and safe to make. It tells what it does as events, each statement
 * before it is run.
 *
 * @module
 */
import type { ClusterConfig } from '../core/config.ts';
import { messageOf } from '../core/errors.ts';
import type { Finding } from '../core/readiness/finding.ts';
import type { Administration } from '../ports/administration.ts';
import type { Credentials } from '../ports/database.ts';
import { examineServers, type Examination, type KnownRecord, type ServerAccess } from './examine-servers.ts';
import { repairsFor } from './repairs.ts';
import { soleWritable } from './sole-writable.ts';

export interface DoctorAccess extends ServerAccess {
  readonly administration: Administration;
  /** The record of a cluster; null where there is none, or no table is at hand. */
  record(cluster: string): Promise<KnownRecord>;
}

export type DoctorEvent =
  | {
      readonly kind: 'examined';
      readonly cluster: string;
      readonly primary: string | null;
      readonly nodes: readonly NodeSummary[];
      readonly findings: readonly Finding[];
    }
  /** About to be run, on the primary; a password is a `?` in it. */
  | { readonly kind: 'repairing'; readonly cluster: string; readonly nodeId: string; readonly statement: string }
  | { readonly kind: 'repair-failed'; readonly cluster: string; readonly statement: string; readonly because: string }
  /** Nothing was run: why, and what a person can do. */
  | { readonly kind: 'repair-refused'; readonly cluster: string; readonly because: string };

export interface NodeSummary {
  readonly nodeId: string;
  readonly address: string;
  /** `unknown`: no account of ours was let in. */
  readonly role: 'primary' | 'replica' | 'unknown';
  readonly version: string | null;
}

/**
 * @param admin the administrator's account; null changes nothing
 * @throws CloudError when the record can't be read
 */
export async function* doctor(
  access: DoctorAccess,
  cluster: ClusterConfig,
  admin: Credentials | null,
): AsyncGenerator<DoctorEvent> {
  const record = await access.record(cluster.id);
  const examination = await examineServers(access, cluster, record);
  yield examined(examination);
  if (admin === null) return;

  const writable = await soleWritable(access, cluster, admin, record?.primary ?? null);
  if (!writable.ok) {
    yield { kind: 'repair-refused', cluster: cluster.id, because: writable.because };
    return;
  }
  const repairs = repairsFor(access.administration, examination, writable.node.id);
  if (repairs.length === 0) return;
  const administrator = await access.administration.connect(access.target(cluster, writable.node, admin));
  try {
    for (const repair of repairs) {
      yield { kind: 'repairing', cluster: cluster.id, nodeId: writable.node.id, statement: repair.sql };
      const because = await problemOf(administrator.run(repair));
      if (because !== null) yield { kind: 'repair-failed', cluster: cluster.id, statement: repair.sql, because };
    }
  } finally {
    await administrator.close();
  }
  yield examined(await examineServers(access, cluster, record));
}

/** One that fails does not keep the others: each may be run again. */
async function problemOf(running: Promise<void>): Promise<string | null> {
  try {
    await running;
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function examined({ cluster, primary, nodes, findings }: Examination): DoctorEvent {
  return {
    kind: 'examined',
    cluster: cluster.id,
    primary,
    findings,
    nodes: nodes.map(({ node, accounts, observation }) => {
      const isKnown = Object.values(accounts).some((each) => each?.ok === true);
      const role = node.id === primary ? 'primary' : 'replica';
      return {
        nodeId: node.id,
        address: `${node.host ?? node.address}:${cluster.port}`,
        role: isKnown ? role : 'unknown',
        version: observation?.ok === true ? observation.value.version : null,
      };
    }),
  };
}
