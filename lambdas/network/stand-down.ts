/**
 * Stand down: the primary is not confirmed gone, or looking failed before anything was done, or reopening it broke off.
 * The lock is released, and the cluster is what it was; who was nominated for reopening stays so.
 *
 * @module
 */
import * as z from 'zod';
import { lastEvent } from '../../lib/core/journal.ts';
import { actorSchema, stepOf } from '../step.ts';
import { tell } from '../tell.ts';
import type { NetworkContext } from './context.ts';
import { journalEnd } from './journal-end.ts';

/** The monitors look again before they start anew, in milliseconds. */
const PAUSE_MS = 10_000;

const inputSchema = actorSchema.extend({ because: z.string() });

export const standDown = stepOf(inputSchema, async (input, context: NetworkContext) => {
  const { because } = input;
  await journalEnd(context, input, { code: 'stood-down', because });
  await context.state.standDown(input, context.clock.now() + PAUSE_MS);
  const events = await context.state.journal(input.cluster, input.epoch);
  const reopening = lastEvent(events, 'fence-proven') === undefined ? undefined : lastEvent(events, 'reopening');
  const what =
    reopening === undefined
      ? 'stood down, nothing was changed'
      : `stood down while ${reopening.nodeId} was being reopened, which may take writes by now`;
  await tell(context, `${input.cluster}: ${what}`, `${because}.\nExecution: ${input.execution}`);
  return { outcome: 'stood-down', because };
});
