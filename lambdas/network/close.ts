/**
 * Close: releases the lock, starts the cooldown, and tells people and the metrics what happened. All of it is read
 * from the journal (invariant 8).
 *
 * @module
 */
import * as z from 'zod';
import { StaleActor } from '../../lib/core/errors.ts';
import { lastEvent, type JournalEvent } from '../../lib/core/journal.ts';
import { summarize } from '../../lib/core/story.ts';
import { holdCluster, journal, promotionSchema, stepOf } from '../step.ts';
import { tell } from '../tell.ts';
import type { NetworkContext } from './context.ts';

const closeSchema = promotionSchema.extend({ route: z.enum(['vip', 'dns']) });

export const close = stepOf(closeSchema, async (input, context: NetworkContext) => {
  const held = await holdCluster(context, input).catch((error: Error) => error);
  // Read after it: who has lost the lock to a run of itself finds here what that one did before it gave the lock away.
  const before = await context.state.journal(input.cluster, input.epoch);
  const closed = lastEvent(before, 'closed');
  if (held instanceof Error) {
    if (held instanceof StaleActor && closed?.execution === input.execution) {
      return { outcome: 'closed', summary: closed.summary };
    }
    throw held;
  }
  const { cluster } = held;
  const nowMs = context.clock.now();
  const summary = closed?.summary ?? summarize(before, nowMs);
  if (closed === undefined) await journal(context, input, { code: 'closed', summary });
  const notBeforeMs = nowMs + cluster.cooldownSeconds * 1_000;
  // People are told by the run that releases the lock, and once.
  if (!(await context.state.close(input, { route: input.route, notBeforeMs }))) return { outcome: 'closed', summary };
  context.recordFailover(input.cluster, summary.outageMs / 1_000);
  await tell(
    context,
    `${input.cluster}: failed over from ${summary.oldPrimary} to ${summary.newPrimary}`,
    [
      `Cluster ${summary.cluster} has a new primary: ${summary.newPrimary} (epoch ${summary.epoch}), reached by ${summary.route}.`,
      `The old one, ${summary.oldPrimary}, was missing for ${(summary.outageMs / 1_000).toFixed(1)} s. Fence proof: ${summary.proof}.`,
      `Possible loss: ${summary.possibleLoss ?? 'unknown'} transactions.`,
      ...notRepointed(before),
      `Execution: ${input.execution}`,
    ].join('\n'),
  );
  return { outcome: 'closed', summary };
});

/** Replicas that could not be made to follow the new primary, a line each. */
function notRepointed(events: readonly JournalEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.code === 'repoint-failed' ? [`${event.nodeId} does not follow it: ${event.because}.`] : [],
  );
}
