/**
 * Close: releases the lock, starts the cooldown, and tells people and the metrics what happened. All of it is read
 * from the journal (invariant 8).
 *
 * @module
 */
import * as z from 'zod';
import { messageOf } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { summarize } from '../../lib/core/story.ts';
import { actorSchema, holdCluster, journal, promotionSchema, stepOf } from '../step.ts';
import type { Actor } from '../../lib/ports/state.ts';
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
      `Execution: ${input.execution}`,
    ].join('\n'),
  );
  return { outcome: 'closed', summary };
});

/** After a stand-down the monitors look again before they start anew, in milliseconds. */
const STAND_DOWN_PAUSE_MS = 10_000;

export const standDown = stepOf(actorSchema.extend({ because: z.string() }), async (input, context: NetworkContext) => {
  await context.state.standDown(input, context.clock.now() + STAND_DOWN_PAUSE_MS);
  await journal(context, input, { code: 'stood-down', because: input.because });
  await tell(
    context,
    `${input.cluster}: stood down, nothing was changed`,
    `${input.because}.\nExecution: ${input.execution}`,
  );
  return { outcome: 'stood-down', because: input.because };
});

const haltSchema = actorSchema.extend({
  problem: z.object({ Error: z.string().default('Unknown'), Cause: z.string().default('no cause given') }),
});

export const halt = stepOf(haltSchema, async (input, context: NetworkContext) => {
  const at = input.problem.Error;
  const because = readableCause(input.problem.Cause);
  const unrecorded = await recordHalt(input, context, { at, because });
  await tell(
    context,
    `${input.cluster}: failover halted, a person must decide`,
    [
      `${at}: ${because}`,
      `Nothing more is changed. Cluster ${input.cluster}, epoch ${input.epoch}.`,
      ...(unrecorded === null ? [] : [`This could not be written down: ${unrecorded}`]),
      `Execution: ${input.execution}`,
    ].join('\n'),
  );
  return { outcome: 'halted', because };
});

/**
 * Halts the record and journals why. Answers why it could not: people are told all the same, and what is left of the
 * lock is found by the monitors as an unfinished change.
 */
async function recordHalt(actor: Actor, context: NetworkContext, why: { at: string; because: string }) {
  try {
    await context.state.halt(actor);
    await journal(context, actor, { code: 'halted', ...why });
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Lambda gives the cause of a thrown error as JSON. */
function readableCause(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    const shaped = z.object({ errorMessage: z.string() }).safeParse(parsed);
    return shaped.success ? shaped.data.errorMessage : cause;
  } catch {
    return cause;
  }
}
