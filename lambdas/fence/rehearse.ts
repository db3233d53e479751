/**
 * Rehearse: whether EC2 would stop each instance and cut its interfaces off, asked with `DryRun`. Any node may be the old
 * primary one day. It keeps the function warm by the way, and changes nothing.
 *
 * @module
 */
import type { NodeConfig } from '../../lib/core/config.ts';
import { fenceFindings, type FenceSight } from '../../lib/core/readiness/fence.ts';
import { look } from '../../lib/core/readiness/look.ts';
import type { FenceRehearsal } from '../../lib/ports/rehearsal.ts';
import { rehearsalOf } from '../rehearse.ts';
import type { FenceContext } from './context.ts';

export interface FenceRehearsalContext extends FenceContext {
  readonly rehearsal: FenceRehearsal;
}

/** One after the other: dry runs count in EC2's limits on changes, which a real fence may need at the same time. */
const PACE = { atOnce: 1, beginWithinMs: 45_000 };

export const rehearse = rehearsalOf(PACE, async (context: FenceRehearsalContext, cluster) => {
  const [sights, group] = await Promise.all([
    Promise.all(cluster.nodes.map((node) => sightOf(context, node))),
    look(context.rehearsal.group(context.fenceGroup)),
  ]);
  return fenceFindings(cluster, sights, { id: context.fenceGroup, look: group });
});

async function sightOf({ rehearsal, fenceGroup }: FenceRehearsalContext, node: NodeConfig): Promise<FenceSight> {
  const { instanceId, networkInterfaceId } = node;
  const [stateName, interfaces, isStopProtected, stop, isolate] = await Promise.all([
    look(rehearsal.instanceState(instanceId)),
    look(rehearsal.interfacesOf(instanceId)),
    look(rehearsal.isStopProtected(instanceId)),
    look(rehearsal.wouldStop(instanceId)),
    look(rehearsal.wouldSetGroups(networkInterfaceId, [fenceGroup])),
  ]);
  return { node, stateName, interfaces, isStopProtected, stop, isolate };
}
