/**
 * Ready: reads records and instances as a failover would, and changes nothing. It keeps the function warm.
 *
 * @module
 */
import * as z from 'zod';
import { findNode } from '../../lib/core/config.ts';
import { READY_CLUSTERS, stepOf } from '../step.ts';
import type { NetworkContext } from './context.ts';

export const ready = stepOf(z.object({}), async (_input, context: NetworkContext) => {
  const clusters = context.config.clusters.slice(0, READY_CLUSTERS);
  const seen = await Promise.all(
    clusters.map(async (cluster) => {
      const state = await context.state.read(cluster.id);
      const primary = findNode(cluster, state?.primary ?? cluster.initialPrimary);
      const [{ stateName }] = await Promise.all([
        context.network.instance(primary.instanceId),
        context.network.interface(primary.networkInterfaceId),
      ]);
      return { cluster: cluster.id, primary: primary.id, instance: stateName };
    }),
  );
  return { outcome: 'ready', seen };
});
