/**
 * The one server that an administrator may write on. A statement on a replica would make it differ from its primary for
 * good, so in doubt there is none.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from '../core/config.ts';
import { look } from '../core/readiness/look.ts';
import type { Credentials } from '../ports/database.ts';
import type { ServerAccess } from './examine-servers.ts';

export type SoleWritable =
  | { readonly ok: true; readonly node: NodeConfig }
  /** What is in the way, and what a person can do. */
  | { readonly ok: false; readonly because: string };

/**
 * Every node must answer, be the configured one, and all but one be read-only.
 *
 * @param primary by the record, which must then be the writable one; null where there is none
 */
export async function soleWritable(
  { inspector, target }: Pick<ServerAccess, 'inspector' | 'target'>,
  cluster: ClusterConfig,
  admin: Credentials,
  primary: string | null,
): Promise<SoleWritable> {
  const looks = await Promise.all(
    cluster.nodes.map(async (node) => ({ node, seen: await look(inspector.inspect(target(cluster, node, admin))) })),
  );
  for (const { node, seen } of looks) {
    if (!seen.ok)
      return refuse(`${node.id} can't be looked at as ${admin.username} (${seen.because})`, 'let it in there');
    if (node.identity !== undefined && node.identity !== seen.value.server.identity) {
      return refuse(`another server answers at ${node.id} than ${node.identity}`, 'correct the configuration');
    }
  }
  const writable = looks.filter(({ seen }) => seen.ok && !seen.value.server.isReadOnly).map(({ node }) => node);
  const [only, other] = writable;
  if (only === undefined) return refuse('every server is read-only', 'open the primary for writes');
  if (other !== undefined) {
    return refuse(`${writable.map(({ id }) => id).join(' and ')} take writes`, 'make all but the primary read-only');
  }
  if (primary !== null && primary !== only.id) {
    return refuse(`${only.id} takes writes, and by the record ${primary} is the primary`, 'find out which it is');
  }
  return { ok: true, node: only };
}

function refuse(because: string, fix: string): SoleWritable {
  return { ok: false, because: `${because}, so nothing is changed; ${fix}, then call this again` };
}
