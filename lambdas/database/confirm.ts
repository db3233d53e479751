/**
 * Confirm: is the primary really gone? Votes of monitors, replicas asked just now, and EC2's word.
 *
 * @module
 */
import * as z from 'zod';
import { findCluster } from '../../lib/core/config.ts';
import { isStopped } from '../../lib/core/proofs.ts';
import { agreeOnDeath } from '../../lib/core/quorum.ts';
import { fencingSchema, holdCluster, journal, stepOf } from '../step.ts';
import { lookAt, othersThan, votesOn, type DatabaseContext } from './context.ts';

const inputSchema = fencingSchema.extend({
  /** As EC2 gave it when the change was opened; -1 when it could not be asked. */
  instanceStateCode: z.int(),
  /** An operator takes the word of nobody. The journal says so. */
  force: z.boolean(),
});

export const confirm = stepOf(inputSchema, async (input, context: DatabaseContext) => {
  const cluster = findCluster(context.config, input.cluster);
  const [, votes, live] = await Promise.all([
    holdCluster(context, input),
    context.state.votes(input.cluster),
    lookAt(context, cluster, othersThan(cluster, input.oldPrimary)),
  ]);
  const onOldPrimary = votesOn(votes, input.oldPrimary);
  const confirmed = async (because: string) => {
    await journal(context, input, { code: 'confirmed', because, votes: onOldPrimary });
    return { outcome: 'confirmed', because };
  };

  if (input.force) return confirmed('an operator forced it: nobody was asked whether the primary is gone');
  if (input.instanceStateCode >= 0 && isStopped(input.instanceStateCode)) {
    return confirmed(
      `EC2 says that the instance of ${input.oldPrimary} is stopped (state code ${input.instanceStateCode})`,
    );
  }
  const agreement = agreeOnDeath({
    cluster,
    monitors: context.config.monitors,
    // The votes that called for this change were cast under the epoch before it.
    state: { epoch: input.epoch - 1, primary: input.oldPrimary },
    votes,
    live,
    nowMs: context.clock.now(),
  });
  return agreement.agreed ? confirmed(agreement.because) : { outcome: 'not-confirmed', because: agreement.because };
});
