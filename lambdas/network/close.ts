/**
 * Close: releases the lock, starts the cooldown (but not after a reopening, which changed no address and took no server
 * away: a death that follows it must not wait), and tells people and the metrics what happened. All of it is read
 * from the journal (invariant 8).
 *
 * @module
 */
import * as z from 'zod';
import { StaleActor } from '../../lib/core/errors.ts';
import { lastEvent, type ChangeSummary, type JournalEvent } from '../../lib/core/journal.ts';
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
  const reopened = summary.newPrimary === summary.oldPrimary;
  const notBeforeMs = reopened ? nowMs : nowMs + cluster.cooldownSeconds * 1_000;
  // People are told by the run that releases the lock, and once.
  if (!(await context.state.close(input, { route: input.route, notBeforeMs }))) return { outcome: 'closed', summary };
  context.recordFailover(input.cluster, summary.outageMs / 1_000);
  await tell(
    context,
    reopened
      ? `${input.cluster}: reopened ${summary.newPrimary}, whose server was restarted`
      : `${input.cluster}: failed over from ${summary.oldPrimary} to ${summary.newPrimary}`,
    [
      ...(reopened ? reopenedLines(summary, before) : failedOverLines(summary, before)),
      `Execution: ${input.execution}`,
    ].join('\n'),
  );
  return { outcome: 'closed', summary };
});

function failedOverLines(summary: ChangeSummary, events: readonly JournalEvent[]): readonly string[] {
  return [
    `Cluster ${summary.cluster} has a new primary: ${summary.newPrimary} (epoch ${summary.epoch}), reached by ${summary.route}.`,
    `The old one, ${summary.oldPrimary}, was missing for ${(summary.outageMs / 1_000).toFixed(1)} s. Fence proof: ${summary.proof}.`,
    `Possible loss: ${summary.possibleLoss ?? 'unknown'} transactions.`,
    ...notRepointed(events),
  ];
}

function reopenedLines(
  { cluster, newPrimary, epoch, outageMs }: ChangeSummary,
  events: readonly JournalEvent[],
): readonly string[] {
  const lost = lastEvent(events, 'route-verified') === undefined ? lastEvent(events, 'route-failed') : undefined;
  return [
    `The server of ${newPrimary}, the primary of cluster ${cluster}, was started again, and takes writes since epoch ${epoch} (${(outageMs / 1_000).toFixed(1)} s after it was found so).`,
    ...(lost === undefined ? [] : [`But it was not reached as clients do: ${lost.because}.`]),
    'Nobody was promoted in its place, and the address was not moved. Find out why it was restarted: if it is again soon, it is replaced.',
  ];
}

/** Replicas that could not be made to follow the new primary, a line each. */
function notRepointed(events: readonly JournalEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.code === 'repoint-failed' ? [`${event.nodeId} does not follow it: ${event.because}.`] : [],
  );
}
