/**
 * Journals how a change ends, before its lock is released: whatever breaks off after it, the journal has the end.
 *
 * @module
 */
import { lastEvent, type JournalDetail } from '../../lib/core/journal.ts';
import type { Actor } from '../../lib/ports/state.ts';
import { journal } from '../step.ts';
import type { NetworkContext } from './context.ts';

/** Once, and only by the execution that holds the lock: who has lost it has nothing to end. */
export async function journalEnd(context: NetworkContext, actor: Actor, end: JournalDetail): Promise<void> {
  const [state, events] = await Promise.all([
    context.state.read(actor.cluster),
    context.state.journal(actor.cluster, actor.epoch),
  ]);
  const holds = state?.epoch === actor.epoch && state.holder === actor.execution;
  if (holds && lastEvent(events, end.code) === undefined) await journal(context, actor, end);
}
