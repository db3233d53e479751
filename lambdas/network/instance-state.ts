/**
 * EC2's word on the instance of the primary, asked now. EC2 may be slow or out in the very outage that this is about: it
 * is asked, but not waited for, and no answer is a value.
 *
 * @module
 */
import { findCluster, findNode, type ClusterConfig } from '../../lib/core/config.ts';
import { UNKNOWN_STATE_CODE } from '../../lib/core/confirmation.ts';
import { messageOf } from '../../lib/core/errors.ts';
import { fencingSchema, holdCluster, stepOf } from '../step.ts';
import type { NetworkContext } from './context.ts';

const WITHIN_MS = 500;

export interface InstanceWord {
  /** As EC2 gives it; `UNKNOWN_STATE_CODE` when it did not in time. */
  readonly stateCode: number;
  readonly stateName: string;
}

const NO_ANSWER: InstanceWord = { stateCode: UNKNOWN_STATE_CODE, stateName: 'unknown' };

/** Never rejects for what EC2 does. */
export async function askInstanceState(
  { network, clock }: NetworkContext,
  cluster: ClusterConfig,
  primary: string,
): Promise<InstanceWord> {
  const { instanceId } = findNode(cluster, primary);
  const asked = network.instance(instanceId).catch((error: unknown) => ({
    ...NO_ANSWER,
    stateName: `unknown: ${messageOf(error)}`,
  }));
  return Promise.race([asked, clock.sleep(WITHIN_MS).then(() => NO_ANSWER)]);
}

/** Asks again while Confirm waits for evidence. */
export const instanceState = stepOf(fencingSchema, async (input, context: NetworkContext) => {
  await holdCluster(context, input);
  const cluster = findCluster(context.config, input.cluster);
  const { stateCode } = await askInstanceState(context, cluster, input.oldPrimary);
  return { outcome: 'asked', instanceStateCode: stateCode };
});
