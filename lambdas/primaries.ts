/**
 * What every function outside the VPC looks at to keep itself warm: the records of some clusters, and their primaries.
 *
 * @module
 */
import { findNode, type NodeConfig } from '../lib/core/config.ts';
import { READY_CLUSTERS, type StepContext } from './step.ts';

/** Looks at the primary of each of the first clusters, as the record names it, all at once. */
export function lookAtPrimaries<Seen extends object>(
  context: StepContext,
  look: (primary: NodeConfig) => Promise<Seen>,
): Promise<readonly (Seen & { readonly cluster: string; readonly primary: string })[]> {
  return Promise.all(
    context.config.clusters.slice(0, READY_CLUSTERS).map(async (cluster) => {
      const state = await context.state.read(cluster.id);
      const primary = findNode(cluster, state?.primary ?? cluster.initialPrimary);
      return { cluster: cluster.id, primary: primary.id, ...(await look(primary)) };
    }),
  );
}
