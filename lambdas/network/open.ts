/**
 * Open: takes the lock for the next epoch, or refuses with the reason and changes nothing. The lock is taken only from
 * nobody: a change whose execution ended without closing it left the cluster in a state that nobody has looked at, so
 * the cluster is halted for a person (invariant 6). Whoever asks, the lock lets one change happen.
 *
 * @module
 */
import * as z from 'zod';
import { findCluster, type Config } from '../../lib/core/config.ts';
import { UNKNOWN_STATE_CODE } from '../../lib/core/confirmation.ts';
import { triggerSchema } from '../../lib/core/journal/facts.ts';
import { actorSchema, journal, stepOf } from '../step.ts';
import type { NetworkContext } from './context.ts';
import { askInstanceState } from './instance-state.ts';
import { obstacleTo, refused } from './obstacle.ts';

const inputSchema = actorSchema.extend({
  /** Empty where it follows from the trigger: who delivers an event or an alarm knows no clusters. */
  cluster: z.string(),
  mode: z.string(),
  trigger: triggerSchema,
  force: z.boolean(),
  /** The nominee of a change that broke off, which an operator has made sure of. Empty: nobody. */
  dismiss: z.string(),
});
type Opening = z.output<typeof inputSchema>;

export const open = stepOf(inputSchema, async (received, context: NetworkContext) => {
  const id = received.cluster === '' ? (clusterOf(received.trigger, context.config) ?? '') : received.cluster;
  const input = { ...received, cluster: id };
  if (!context.config.clusters.some((each) => each.id === id)) {
    return refused(id, 'unknown-cluster', unknownCluster(input, context.config));
  }
  if (input.mode !== 'failover') {
    return refused(id, 'unknown-mode', `mode: received "${input.mode}"; use failover`);
  }
  const cluster = findCluster(context.config, id);
  const state = await context.state.register(id, cluster.initialPrimary);
  if (state.holder !== input.execution) {
    const obstacle = await obstacleTo(input, cluster, state, context);
    if (obstacle !== null) return obstacle;
  }
  const [instance, opened] = await Promise.all([
    // Monitors have agreed already, and the call would only delay them; the fence asks EC2 anyway.
    input.trigger.kind === 'monitor'
      ? { stateCode: UNKNOWN_STATE_CODE, stateName: 'not asked' }
      : askInstanceState(context, cluster, state.primary),
    state.holder === input.execution ? state : context.state.open(state, input.execution),
  ]);
  if (opened === null) return refused(id, 'lost-the-race', `another execution opened cluster ${id} first`);

  const actor = { ...input, epoch: opened.epoch };
  const dismissed = input.dismiss === '' ? null : input.dismiss;
  if (dismissed !== null) await context.state.dismissNominee(actor);
  await journal(context, actor, {
    code: 'opened',
    mode: 'failover',
    trigger: input.trigger,
    oldPrimary: opened.primary,
    instanceState: instance.stateName,
    force: input.force,
    dismissed,
  });
  return {
    outcome: 'opened',
    cluster: id,
    epoch: opened.epoch,
    oldPrimary: opened.primary,
    instanceStateCode: instance.stateCode,
    force: input.force,
  };
});

/**
 * The cluster that an event or an alarm is about, or undefined. Where servers of several clusters share an instance, it is
 * the first of them; the monitors see the others.
 */
function clusterOf(trigger: Opening['trigger'], { clusters }: Config): string | undefined {
  if (trigger.kind === 'ec2-event') {
    return clusters.find(({ nodes }) => nodes.some((node) => node.instanceId === trigger.instanceId))?.id;
  }
  if (trigger.kind === 'alarm') return clusters.find(({ alarms }) => alarms.includes(trigger.name))?.id;
  return undefined;
}

function unknownCluster({ cluster, trigger }: Opening, { clusters }: Config): string {
  if (cluster === '' && trigger.kind === 'ec2-event') return `${trigger.instanceId} belongs to no configured cluster`;
  if (cluster === '' && trigger.kind === 'alarm') return `no configured cluster names the alarm "${trigger.name}"`;
  return `cluster: received "${cluster}"; use one of ${clusters.map((each) => each.id).join(', ')}`;
}
