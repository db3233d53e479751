/**
 * Stand down: the primary is not confirmed gone, or looking failed before anything was done. The lock is released, and
 * the cluster is what it was.
 *
 * @module
 */
import * as z from 'zod';
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
  await tell(
    context,
    `${input.cluster}: stood down, nothing was changed`,
    `${because}.\nExecution: ${input.execution}`,
  );
  return { outcome: 'stood-down', because };
});
