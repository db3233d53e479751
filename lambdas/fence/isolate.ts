/**
 * Isolate network: every interface of the old primary gets the fence group alone. It stops new connections; what is
 * open goes on, so this is a proof only where the policy accepts it. Undo: the groups in `interfaces-isolated`.
 *
 * It closes the port for the monitors as well, and so could spoil the proof of a death that they are about to complete.
 * While they are refused, nobody can connect anyway: then it gives them the moment that they need.
 *
 * EC2 may for a moment show the groups that were there before, so it is asked until it shows the fence group.
 *
 * @module
 */
import { ballotsOf } from '../../lib/core/ballot.ts';
import { findNode, type ClusterConfig, type NodeConfig } from '../../lib/core/config.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import type { Vote } from '../../lib/core/observation.ts';
import { HELD_MS } from '../../lib/core/proofs/dead-and-boots-read-only.ts';
import { journallingFailure } from '../journal-failure.ts';
import { fencingSchema, holdFence, journal, stepOf, type Fencing } from '../step.ts';
import type { FenceContext } from './context.ts';

/** The longest that it waits for a death to show, and how often it looks, in milliseconds. */
const LONGEST_DELAY_MS = 10_000;
const LOOK_EVERY_MS = 100;
/** The longest that EC2 is asked whether it is done, and how often, in milliseconds. */
const READ_BACK_WITHIN_MS = 5_000;
const READ_BACK_EVERY_MS = 500;

export const isolate = stepOf(fencingSchema, async (input, context: FenceContext) => {
  const { cluster } = await holdFence(context, input);
  const node = findNode(cluster, input.oldPrimary);
  return journallingFailure(
    context,
    input,
    (because) => ({ code: 'fence-failed', what: `isolating the network of ${node.instanceId}`, because }),
    async () => {
      await whileDeathShows(context, input, cluster);
      return isolateInterfaces(context, input, node);
    },
  );
});

/** Waits until the fence is proven, or no monitor is on its way to tell that the port has refused for long enough. */
async function whileDeathShows(context: FenceContext, input: Fencing, cluster: ClusterConfig): Promise<void> {
  const { intervalMs, timeoutMs } = cluster.detection;
  const untilMs = context.clock.now() + Math.min(HELD_MS + Math.max(intervalMs, timeoutMs), LONGEST_DELAY_MS);
  while (context.clock.now() < untilMs) {
    const [events, votes] = await Promise.all([
      context.state.journal(input.cluster, input.epoch),
      context.state.votes(input.cluster),
    ]);
    if (lastEvent(events, 'fence-proven') !== undefined) return;
    const ballots = ballotsOf({
      cluster,
      monitors: context.config.monitors,
      state: { epoch: input.epoch - 1, primary: input.oldPrimary },
      votes,
      nowMs: context.clock.now(),
    });
    const isOnTheWay = ({ verdict, refusedForMs }: Vote) =>
      verdict === 'dead' && refusedForMs !== null && refusedForMs < HELD_MS;
    if (!ballots.some((ballot) => ballot.counts && isOnTheWay(ballot.vote))) return;
    await context.clock.sleep(LOOK_EVERY_MS);
  }
}

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

  const untilMs = context.clock.now() + READ_BACK_WITHIN_MS;
  let readBack = await context.network.interfacesOf(instanceId);
  while (readBack.some((each) => !isIsolated(each.groups)) && context.clock.now() < untilMs) {
    await context.clock.sleep(READ_BACK_EVERY_MS);
    readBack = await context.network.interfacesOf(instanceId);
  }
  // As EC2 shows it, even if that is not enough: core decides what it proves.
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
