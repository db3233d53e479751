/**
 * Close: releases the lock, starts the cooldown, and tells people and the metrics what happened. All of it is read
 * from the journal (invariant 8).
 *
 * @module
 */
import * as z from 'zod';
import { lastEvent, type JournalEvent } from '../../lib/core/journal.ts';
import { summarize } from '../../lib/core/story.ts';
import { holdCluster, journal, promotionSchema, stepOf } from '../step.ts';
import { tell } from '../tell.ts';
import type { NetworkContext } from './context.ts';

const closeSchema = promotionSchema.extend({ route: z.enum(['vip', 'dns']) });

export const close = stepOf(closeSchema, async (input, context: NetworkContext) => {
  const [before, record] = await Promise.all([
    context.state.journal(input.cluster, input.epoch),
    context.state.read(input.cluster),
  ]);
  const closed = lastEvent(before, 'closed');
  // Journalled and released. What is journalled only broke off in between, so the rest is done now.
  if (closed?.execution === input.execution && record?.holder !== input.execution) {
    return { outcome: 'closed', summary: closed.summary };
  }

  const { cluster } = await holdCluster(context, input);
  const nowMs = context.clock.now();
  const summary = closed?.summary ?? summarize(before, nowMs);
  if (closed === undefined) await journal(context, input, { code: 'closed', summary });
  await context.state.close(input, { route: input.route, notBeforeMs: nowMs + cluster.cooldownSeconds * 1_000 });
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
