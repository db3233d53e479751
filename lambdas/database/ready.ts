/**
 * Ready: looks at servers, votes and secrets as a failover would, and changes nothing. It keeps the function warm, with
 * its code compiled and its secrets at hand.
 *
 * @module
 */
import * as z from 'zod';
import { READY_CLUSTERS, stepOf } from '../step.ts';
import { lookAt, type DatabaseContext } from './context.ts';

export const ready = stepOf(z.object({}), async (_input, context: DatabaseContext) => {
  const clusters = context.config.clusters.slice(0, READY_CLUSTERS);
  const seen = await Promise.all(
    clusters.map(async (cluster) => {
      const [nodes] = await Promise.all([
        lookAt(context, cluster, cluster.nodes),
        context.state.votes(cluster.id),
        context.secrets.credentials(cluster.secrets.replication),
      ]);
      return { cluster: cluster.id, unreachable: nodes.filter((node) => !node.reachable).map((node) => node.nodeId) };
    }),
  );
  return { outcome: 'ready', seen };
});
