/**
 * What the steps inside the VPC work with, and how they reach the servers of a cluster.
 *
 * @module
 */
import { findNode, type ClusterConfig, type NodeConfig } from '../../lib/core/config.ts';
import { DatabaseError, messageOf } from '../../lib/core/errors.ts';
import type { NodeObservation, Vote } from '../../lib/core/observation.ts';
import type { Databases, DatabaseServer } from '../../lib/ports/database.ts';
import type { Secrets } from '../../lib/ports/cloud.ts';
import { accountOf } from '../account.ts';
import { databaseTarget } from '../database-target.ts';
import type { StepContext } from '../step.ts';

export interface DatabaseContext extends StepContext {
  readonly databases: Databases;
  readonly secrets: Secrets;
}

/** How long a step waits for a server that may be dead, in milliseconds. */
export const SERVER_TIMEOUT_MS = 2_000;
/** And how long for the connection: a server that lives lets us in within milliseconds. */
const CONNECT_TIMEOUT_MS = 1_500;

/** Runs `use` on a connection as operator and closes it, whatever happens. */
export async function withServer<T>(
  context: DatabaseContext,
  cluster: ClusterConfig,
  target: { readonly nodeId: string; readonly through?: string; readonly timeoutMs?: number },
  use: (server: DatabaseServer) => Promise<T>,
): Promise<T> {
  const { through, timeoutMs = SERVER_TIMEOUT_MS } = target;
  const node = findNode(cluster, target.nodeId);
  const account = accountOf(context.secrets, cluster.secrets.operator, context.clock);
  const server = await account.connect((credentials) =>
    context.databases.connect(
      databaseTarget(cluster, node, {
        through,
        credentials,
        timeoutMs,
        connectTimeoutMs: Math.min(timeoutMs, CONNECT_TIMEOUT_MS),
      }),
    ),
  );
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** Every node but one. */
export function othersThan(cluster: ClusterConfig, ...nodeIds: string[]): readonly NodeConfig[] {
  return cluster.nodes.filter((node) => !nodeIds.includes(node.id));
}

/** How often a node that cuts the connection is asked again, and after what time, in milliseconds. */
const AGAIN = { times: 3, afterMs: 50 };

/**
 * Looks at nodes all at once. A node that gives no answer is an observation too. One that cuts the connection is asked
 * again: another step of ours, which acts there, ends the sessions that it finds. A dead one refuses then.
 */
export function lookAt(
  context: DatabaseContext,
  cluster: ClusterConfig,
  nodes: readonly NodeConfig[],
  timeoutMs = SERVER_TIMEOUT_MS,
): Promise<readonly NodeObservation[]> {
  const look = async (node: NodeConfig): Promise<NodeObservation> => {
    try {
      const server = await withServer(context, cluster, { nodeId: node.id, timeoutMs }, (each) => each.observe());
      return { nodeId: node.id, atMs: context.clock.now(), reachable: true, server };
    } catch (error) {
      return {
        nodeId: node.id,
        atMs: context.clock.now(),
        reachable: false,
        failure: error instanceof DatabaseError ? error.failure : 'unreachable',
        detail: messageOf(error),
      };
    }
  };
  return Promise.all(
    nodes.map(async (node) => {
      let seen = await look(node);
      for (let time = 0; time < AGAIN.times && !seen.reachable && seen.failure === 'cut'; time += 1) {
        await context.clock.sleep(AGAIN.afterMs);
        seen = await look(node);
      }
      return seen;
    }),
  );
}

/** Votes on the primary that is being replaced, newest first: they carry what was last seen of it. */
export function votesOn(votes: readonly Vote[], oldPrimary: string): readonly Vote[] {
  return votes.filter((vote) => vote.primary === oldPrimary).sort((a, b) => b.atMs - a.atMs);
}
