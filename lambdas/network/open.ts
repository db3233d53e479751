/**
 * Open: takes the lock for the next epoch, or refuses with the reason and changes nothing. The lock is taken only from
 * nobody: a change whose execution ended without closing it left the cluster in a state that nobody has looked at, so
 * the cluster is halted for a person (invariant 6).
 *
 * @module
 */
import * as z from 'zod';
import { findCluster, findNode, type ClusterConfig } from '../../lib/core/config.ts';
import { messageOf } from '../../lib/core/errors.ts';
import { automaticStart, type ClusterState } from '../../lib/core/state.ts';
import { actorSchema, journal, stepOf } from '../step.ts';
import { tell } from '../tell.ts';
import type { NetworkContext } from './context.ts';

const inputSchema = actorSchema.extend({
  cluster: z.string(),
  mode: z.string(),
  trigger: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('monitor'), monitor: z.string(), epoch: z.int() }),
    z.object({ kind: z.literal('operator'), name: z.string(), reason: z.string() }),
  ]),
  force: z.boolean(),
  /** The nominee of a change that broke off, which an operator has made sure of. Empty: nobody. */
  dismiss: z.string(),
});
type Opening = z.output<typeof inputSchema>;

/** EC2 may be slow or out in the very outage that this is about: it is asked, but not waited for. */
const INSTANCE_STATE_WITHIN_MS = 500;
const UNKNOWN_STATE = { stateCode: -1, stateName: 'unknown' };

export const open = stepOf(inputSchema, async (input, context: NetworkContext) => {
  if (!context.config.clusters.some((each) => each.id === input.cluster)) {
    const known = context.config.clusters.map((each) => each.id).join(', ');
    return refused('unknown-cluster', `cluster: received "${input.cluster}"; use one of ${known}`);
  }
  if (input.mode !== 'failover') {
    return refused('unknown-mode', `mode: received "${input.mode}"; use failover`);
  }
  const cluster = findCluster(context.config, input.cluster);
  const state = await context.state.register(input.cluster, cluster.initialPrimary);
  if (state.holder !== input.execution) {
    const obstacle = await obstacleTo(input, state, context);
    if (obstacle !== null) return obstacle;
  }
  const [instance, opened] = await Promise.all([
    instanceState(context, cluster, state, input),
    state.holder === input.execution ? state : context.state.open(state, input.execution),
  ]);
  if (opened === null) return refused('lost-the-race', `another execution opened cluster ${input.cluster} first`);

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
    epoch: opened.epoch,
    oldPrimary: opened.primary,
    instanceStateCode: instance.stateCode,
    force: input.force,
  };
});

/** Shaped like an opening, so that the state machine can take its variables from either. */
function refused(code: string, because: string) {
  return { outcome: 'refused', code, because, epoch: 0, oldPrimary: '', instanceStateCode: -1, force: false };
}

async function obstacleTo(input: Opening, state: ClusterState, context: NetworkContext) {
  if (state.lastHolder === input.execution) {
    return refused(
      'already-ended',
      `${input.execution} has ended its change of cluster ${input.cluster}; start another`,
    );
  }
  if (state.holder !== null) return obstacleOfAChange(input, state, state.holder, context);
  return input.trigger.kind === 'monitor'
    ? obstacleToMonitor(input, input.trigger, state, context)
    : obstacleToOperator(input, state);
}

/** A change that runs goes on. One whose execution ended without closing it halts the cluster. */
async function obstacleOfAChange(input: Opening, state: ClusterState, holder: string, context: NetworkContext) {
  if ((await context.executions.status(holder)) === 'running') {
    return refused('already-changing', `cluster ${input.cluster} is being changed by ${holder}`);
  }
  const because = `${holder} ended without closing its change of cluster ${input.cluster} to epoch ${state.epoch}; nobody knows how far it came`;
  const actor = { cluster: input.cluster, epoch: state.epoch, execution: holder };
  await context.state.halt(actor);
  await journal(context, actor, { code: 'halted', at: 'UnfinishedChange', because });
  await tell(
    context,
    `${input.cluster}: halted, an earlier change is unfinished`,
    `${because}.\nCheck which server is writable, then start a failover with "force": true.`,
  );
  return refused('unfinished-change', because);
}

function obstacleToMonitor(
  input: Opening,
  trigger: { readonly monitor: string; readonly epoch: number },
  state: ClusterState,
  context: NetworkContext,
) {
  if (input.force || input.dismiss !== '') {
    const field = input.force ? 'force: received true' : `dismiss: received "${input.dismiss}"`;
    return refused('needs-an-operator', `${field} from a monitor; only an operator may ask for it`);
  }
  if (trigger.epoch !== state.epoch) {
    return refused(
      'stale-trigger',
      `monitor ${trigger.monitor} saw epoch ${trigger.epoch}, the cluster is at ${state.epoch}`,
    );
  }
  const start = automaticStart(state, context.clock.now());
  return start.may ? null : refused('not-now', start.because);
}

function obstacleToOperator({ cluster, force, dismiss }: Opening, { phase, nominee }: ClusterState) {
  if (!force && (phase === 'halted' || phase === 'maintenance')) {
    return refused(
      phase,
      `cluster ${cluster} is in phase ${phase}; start with "force": true to change it all the same`,
    );
  }
  if (dismiss !== '' && dismiss !== nominee?.nodeId) {
    const fix = nominee === null ? 'leave it out, as nobody is nominated' : `the nominee is ${nominee.nodeId}`;
    return refused('not-the-nominee', `dismiss: received "${dismiss}"; ${fix}`);
  }
  return null;
}

/**
 * EC2's word on the instance of the primary, if it comes soon. Monitors have agreed already, and the call would only
 * delay them; the fence asks EC2 anyway.
 */
async function instanceState(context: NetworkContext, cluster: ClusterConfig, state: ClusterState, input: Opening) {
  if (input.trigger.kind === 'monitor') return { ...UNKNOWN_STATE, stateName: 'not asked' };
  const { instanceId } = findNode(cluster, state.primary);
  const asked = context.network.instance(instanceId).catch((error: unknown) => ({
    ...UNKNOWN_STATE,
    stateName: `unknown: ${messageOf(error)}`,
  }));
  const patience = context.clock.sleep(INSTANCE_STATE_WITHIN_MS).then(() => UNKNOWN_STATE);
  return Promise.race([asked, patience]);
}
