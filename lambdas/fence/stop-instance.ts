/**
 * Stop instance, and look until EC2 says that it is stopped: the fence that needs nobody's help on the host.
 *
 * @module
 */
import { findNode } from '../../lib/core/config.ts';
import { messageOf } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { isStopped } from '../../lib/core/proofs.ts';
import { fencingSchema, holdFence, journal, stepOf } from '../step.ts';
import { tell } from '../tell.ts';
import type { FenceContext } from './context.ts';

/** EC2 hard-stops a hung guest within a few minutes; past this a person must look. */
const COMPLETE_WITHIN_MS = 900_000;
const RUNNING = 16;

export const stopInstance = stepOf(fencingSchema, async (input, context: FenceContext) => {
  const { cluster } = await holdFence(context, input);
  const { instanceId } = findNode(cluster, input.oldPrimary);
  try {
    // Before the request: an answer that is lost must not leave a stop that nothing explains.
    await journal(context, input, { code: 'stop-requested', instanceId });
    await context.network.stop(instanceId);
    return { outcome: 'requested' };
  } catch (error) {
    const because = messageOf(error);
    await journal(context, input, { code: 'fence-failed', what: `stopping ${instanceId}`, because });
    return { outcome: 'failed', because };
  }
});

export const checkInstance = stepOf(fencingSchema, async (input, context: FenceContext) => {
  const { cluster } = await holdFence(context, input);
  const { instanceId } = findNode(cluster, input.oldPrimary);
  let because: string;
  try {
    const { id, stateCode, stateName } = await context.network.instance(instanceId);
    if (isStopped(stateCode)) {
      await journal(context, input, {
        code: 'fence-evidence',
        evidence: { kind: 'instance-stopped', instanceId: id, expectedInstanceId: instanceId, stateCode },
      });
      await journal(context, input, { code: 'fence-complete', instanceId });
      return { outcome: 'stopped', stateName };
    }
    because = `${instanceId} is ${stateName}`;
    // The request failed, or somebody started it again.
    if ((stateCode & 0xff) === RUNNING) {
      await journal(context, input, { code: 'stop-requested', instanceId });
      await context.network.stop(instanceId);
    }
  } catch (error) {
    because = messageOf(error);
  }
  const events = await context.state.journal(input.cluster, input.epoch);
  const openedAtMs = lastEvent(events, 'opened')?.atMs ?? 0;
  if (context.clock.now() - openedAtMs < COMPLETE_WITHIN_MS) return { outcome: 'waiting', because };

  await journal(context, input, { code: 'fence-incomplete', because });
  await tell(
    context,
    `${input.cluster}: ${input.oldPrimary} is not stopped`,
    `The old primary ${input.oldPrimary} (${instanceId}) could not be stopped within ${COMPLETE_WITHIN_MS / 60_000} min: ${because}.\nStop it by hand before anything starts it again.`,
  );
  return { outcome: 'incomplete', because };
});
