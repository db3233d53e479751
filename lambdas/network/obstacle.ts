/**
 * Why a change may not be opened now. Nobody is told of a refusal but who asked: events and alarms are delivered late,
 * twice, or for what the system does itself.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import type { Trigger } from '../../lib/core/journal.ts';
import { automaticStart, type ClusterState } from '../../lib/core/state.ts';
import { journal } from '../step.ts';
import { tell } from '../tell.ts';
import type { NetworkContext } from './context.ts';

/** What is asked of Open, as far as it may be an obstacle. */
export interface Asked {
  readonly cluster: string;
  readonly execution: string;
  readonly trigger: Trigger;
  readonly force: boolean;
  readonly dismiss: string;
}

export type Refused = ReturnType<typeof refused>;

/** Shaped like an opening, so that the state machine can take its variables from either. */
export function refused(cluster: string, code: string, because: string) {
  return {
    outcome: 'refused',
    code,
    because,
    cluster,
    epoch: 0,
    oldPrimary: '',
    instanceStateCode: -1,
    force: false,
  };
}

/** Null: nothing stands in the way. Halts the cluster when it finds a change that nobody closed (invariant 6). */
export async function obstacleTo(
  asked: Asked,
  cluster: ClusterConfig,
  state: ClusterState,
  context: NetworkContext,
): Promise<Refused | null> {
  const { trigger } = asked;
  if (state.lastHolder === asked.execution) {
    return refused(
      cluster.id,
      'already-ended',
      `${asked.execution} has ended its change of cluster ${cluster.id}; start another`,
    );
  }
  if (trigger.kind !== 'operator' && (asked.force || asked.dismiss !== '')) {
    const field = asked.force ? 'force: received true' : `dismiss: received "${asked.dismiss}"`;
    return refused(
      cluster.id,
      'needs-an-operator',
      `${field} with a trigger of kind ${trigger.kind}; only an operator may ask for it`,
    );
  }
  if (trigger.kind === 'ec2-event') {
    const node = cluster.nodes.find((each) => each.instanceId === trigger.instanceId);
    if (node?.id !== state.primary) {
      return refused(
        cluster.id,
        'not-the-primary',
        `${trigger.instanceId} is the instance of ${node?.id ?? 'no server of this cluster'}; the primary of cluster ${cluster.id} is ${state.primary}`,
      );
    }
  }
  if (state.holder !== null) return obstacleOfAChange(asked, state, state.holder, context);
  if (trigger.kind === 'operator') return obstacleToOperator(asked, state);
  if (trigger.kind === 'monitor' && trigger.epoch !== state.epoch) {
    return refused(
      cluster.id,
      'stale-trigger',
      `monitor ${trigger.monitor} saw epoch ${trigger.epoch}, the cluster is at ${state.epoch}`,
    );
  }
  const start = automaticStart(state, context.clock.now());
  return start.may ? null : refused(cluster.id, 'not-now', start.because);
}

/**
 * A change that runs goes on. One whose execution ended without closing it halts the cluster; but events and alarms come
 * while somebody may be about to redrive it, and leave that finding to the monitors, who wait for that.
 */
async function obstacleOfAChange(asked: Asked, state: ClusterState, holder: string, context: NetworkContext) {
  const { cluster, trigger } = asked;
  const leavesItAlone = trigger.kind === 'ec2-event' || trigger.kind === 'alarm';
  if (leavesItAlone || (await context.executions.status(holder)) === 'running') {
    return refused(cluster, 'already-changing', `cluster ${cluster} is being changed by ${holder}`);
  }
  const because = `${holder} ended without closing its change of cluster ${cluster} to epoch ${state.epoch}; nobody knows how far it came`;
  const actor = { cluster, epoch: state.epoch, execution: holder };
  await context.state.halt(actor);
  await journal(context, actor, { code: 'halted', at: 'UnfinishedChange', because });
  await tell(
    context,
    `${cluster}: halted, an earlier change is unfinished`,
    `${because}.\nCheck which server is writable, then start a failover with "force": true.`,
  );
  return refused(cluster, 'unfinished-change', because);
}

function obstacleToOperator({ cluster, force, dismiss }: Asked, { phase, nominee }: ClusterState): Refused | null {
  if (!force && (phase === 'halted' || phase === 'maintenance')) {
    return refused(
      cluster,
      phase,
      `cluster ${cluster} is in phase ${phase}; start with "force": true to change it all the same`,
    );
  }
  if (dismiss !== '' && dismiss !== nominee?.nodeId) {
    const fix = nominee === null ? 'leave it out, as nobody is nominated' : `the nominee is ${nominee.nodeId}`;
    return refused(cluster, 'not-the-nominee', `dismiss: received "${dismiss}"; ${fix}`);
  }
  return null;
}
