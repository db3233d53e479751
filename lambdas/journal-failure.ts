/**
 * How a step whose failure the state machine takes in its stride leaves a word of it: the machine goes on another way, and
 * without that word nobody could tell why (invariant 8).
 *
 * @module
 */
import { messageOf } from '../lib/core/errors.ts';
import type { JournalDetail } from '../lib/core/journal.ts';
import type { Actor } from '../lib/ports/state.ts';
import { journal, type StepContext } from './step.ts';

/** Runs an effect. What it throws is journalled as `failure` puts it, and thrown on. */
export async function journallingFailure<T>(
  context: StepContext,
  actor: Actor,
  failure: (because: string) => JournalDetail,
  effect: () => Promise<T>,
): Promise<T> {
  try {
    return await effect();
  } catch (error) {
    // What failed matters more than that it could not be written down.
    await journal(context, actor, failure(messageOf(error))).catch(() => undefined);
    throw error;
  }
}
