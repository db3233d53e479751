/**
 * Isolate network: every interface of the old primary gets the fence group alone. It stops new connections; what is
 * open goes on, so this is a proof only where the policy accepts it. Undo: the groups in `interfaces-isolated`.
 *
 * @module
 */
import { findNode, type NodeConfig } from '../../lib/core/config.ts';
import { journallingFailure } from '../journal-failure.ts';
import { fencingSchema, holdFence, journal, stepOf, type Fencing } from '../step.ts';
import type { FenceContext } from './context.ts';

export const isolate = stepOf(fencingSchema, async (input, context: FenceContext) => {
  const { cluster } = await holdFence(context, input);
  const node = findNode(cluster, input.oldPrimary);
  return journallingFailure(
    context,
    input,
    (because) => ({ code: 'fence-failed', what: `isolating the network of ${node.instanceId}`, because }),
    () => isolateInterfaces(context, input, node),
  );
});

async function isolateInterfaces(context: FenceContext, input: Fencing, node: NodeConfig) {
  const { instanceId, networkInterfaceId } = node;
  const isIsolated = (groups: readonly string[]) => groups.length === 1 && groups[0] === context.fenceGroup;

  const open = (await context.network.interfacesOf(instanceId)).filter((each) => !isIsolated(each.groups));
  if (open.length > 0) {
    // Before the change, or nobody could undo it.
    await journal(context, input, {
      code: 'interfaces-isolated',
      undo: open.map(({ id, groups }) => ({ id, groups })),
    });
  }
  await Promise.all(open.map((each) => context.network.setGroups(each.id, [context.fenceGroup])));

  const readBack = await context.network.interfacesOf(instanceId);
  await journal(context, input, {
    code: 'fence-evidence',
    evidence: {
      kind: 'network-isolated',
      interfaces: readBack.map(({ id, groups }) => ({ id, groups })),
      expectedInterface: networkInterfaceId,
      fenceGroup: context.fenceGroup,
    },
  });
  return { outcome: 'isolated', interfaces: readBack.map((each) => each.id) };
}
