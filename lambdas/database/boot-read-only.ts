/**
 * Boot read-only: makes every server of a cluster come up read-only at its next start, where SQL can, and tells for each
 * what is known and what a person has to do. An operator calls it; the workflow does not need it.
 *
 * It takes no lock: it changes nothing of a running server, and only ever in the one direction that is safe.
 *
 * @module
 */
import * as z from 'zod';
import { knownToBootReadOnly, type BootsReadOnly } from '../../lib/core/boots-read-only.ts';
import { findCluster, type ClusterConfig, type Engine, type NodeConfig } from '../../lib/core/config.ts';
import { messageOf } from '../../lib/core/errors.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import { stepOf } from '../step.ts';
import { withServer, type DatabaseContext } from './context.ts';

export interface BootFinding {
  readonly nodeId: string;
  /** What the server shows by now; `unknown` also when it could not be asked. */
  readonly seen: BootsReadOnly;
  /** What a fence counts on: what is seen, else what the record or the configuration says. */
  readonly bootsReadOnly: BootsReadOnly;
  /** What a person has to do; null when nothing is left to do. */
  readonly todo: string | null;
}

export const bootReadOnly = stepOf(
  z.object({ cluster: z.string().min(1) }),
  async (input, context: DatabaseContext) => {
    const cluster = findCluster(context.config, input.cluster);
    const state = await context.state.read(cluster.id);
    const nodes = await Promise.all(cluster.nodes.map((node) => findingOf(context, cluster, state, node)));
    return {
      outcome: nodes.every((node) => node.todo === null) ? 'all-boot-read-only' : 'something-to-do',
      nodes,
    };
  },
);

async function findingOf(
  context: DatabaseContext,
  cluster: ClusterConfig,
  state: ClusterState | null,
  { id: nodeId }: NodeConfig,
): Promise<BootFinding> {
  const recorded = state?.primary === nodeId ? state.bootsReadOnly : 'unknown';
  const known = (seen: BootsReadOnly) => knownToBootReadOnly({ seen, recorded, declared: cluster.bootsReadOnly });
  try {
    const seen = await withServer(context, cluster, { nodeId }, (server) => server.makeBootReadOnly());
    const bootsReadOnly = known(seen);
    return { nodeId, seen, bootsReadOnly, todo: bootsReadOnly === true ? null : todoFor(cluster.engine, seen) };
  } catch (error) {
    const todo = `it could not be asked to: ${messageOf(error)}; ${FIX[cluster.engine].afterFailure}, then call this again`;
    return { nodeId, seen: 'unknown', bootsReadOnly: known('unknown'), todo };
  }
}

const FIX: Readonly<Record<Engine, { readonly line: string; readonly afterFailure: string }>> = {
  mariadb: { line: 'read_only = ON', afterFailure: 'see that it answers to the operator account' },
  mysql: {
    line: 'super_read_only = ON',
    afterFailure:
      'see that it answers and that the operator account has SYSTEM_VARIABLES_ADMIN and PERSIST_RO_VARIABLES_ADMIN',
  },
};

function todoFor(engine: Engine, seen: BootsReadOnly): string {
  const { line } = FIX[engine];
  return seen === false
    ? `it was last started without it: put "${line}" under [mysqld] of its option file; it shows after the next start`
    : `SQL can't make it so here, and an open server does not show what its option file says: put "${line}" under [mysqld] of the option file of every server, then set bootsReadOnly: true in the configuration of the cluster`;
}
