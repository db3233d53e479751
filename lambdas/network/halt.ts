/**
 * Halt: unclear, or failed half-way. The lock is released, nothing starts by itself any more, and a person is told what is
 * known (invariant 6).
 *
 * @module
 */
import * as z from 'zod';
import { messageOf } from '../../lib/core/errors.ts';
import type { Actor } from '../../lib/ports/state.ts';
import { actorSchema, stepOf } from '../step.ts';
import { tell } from '../tell.ts';
import type { NetworkContext } from './context.ts';
import { journalEnd } from './journal-end.ts';

const inputSchema = actorSchema.extend({
  /** Empty when the change was not opened, and what started it names no cluster. */
  cluster: z.string(),
  problem: z.object({ Error: z.string().default('Unknown'), Cause: z.string().default('no cause given') }),
});

export const halt = stepOf(inputSchema, async (input, context: NetworkContext) => {
  const at = input.problem.Error;
  const because = readableCause(input.problem.Cause);
  if (input.cluster === '') {
    const rest =
      'Nothing was changed. The monitors start a failover by themselves if they agree that there must be one.';
    await tell(
      context,
      'a failover could not be opened',
      [`${at}: ${because}`, rest, `Execution: ${input.execution}`].join('\n'),
    );
    return { outcome: 'halted', because };
  }
  const unrecorded = await record(input, context, { at, because });
  await tell(
    context,
    `${input.cluster}: failover halted, a person must decide`,
    [
      `${at}: ${because}`,
      `Nothing more is changed. Cluster ${input.cluster}, epoch ${input.epoch}.`,
      ...(unrecorded === null ? [] : [`This could not be written down: ${unrecorded}`]),
      `What happened until then: db-failover history ${input.cluster} --epoch ${input.epoch}`,
      `Execution: ${input.execution}`,
    ].join('\n'),
  );
  return { outcome: 'halted', because };
});

/**
 * Journals why, and halts the record. Answers why it could not: people are told all the same, and what is left of the
 * lock is found by the monitors as an unfinished change.
 */
async function record(actor: Actor, context: NetworkContext, why: { at: string; because: string }) {
  try {
    await journalEnd(context, actor, { code: 'halted', ...why });
    await context.state.halt(actor);
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
