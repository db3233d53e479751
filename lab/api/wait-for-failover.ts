/**
 * Waits for the next change of a cluster to end.
 *
 * @module
 */
import { lastEvent, type ChangeSummary, type JournalEvent } from '../../lib/core/journal.ts';
import type { Lab } from '../run/lab.ts';
import { until } from '../run/until.ts';

export interface Failover extends ChangeSummary {
  /** All that was journalled, oldest first (docs/events.md). The fence may go on, and add to it. */
  readonly journal: readonly JournalEvent[];
}

/** The change did not end well: nothing more is changed until a person has decided. */
export class FailoverHalted extends Error {
  override readonly name = 'FailoverHalted';
}

/**
 * @param epoch - the one before the change
 * @throws FailoverHalted with the reason; DeadlineMissed when there is no end by then
 */
export async function waitForFailover(lab: Lab, epoch: number, withinMs: number): Promise<Failover> {
  const { signal } = new AbortController();
  const ended = await until(`a failover of ${lab.cluster.id} under epoch ${epoch + 1}`, withinMs, signal, async () => {
    const journal = await lab.state.journal(lab.cluster.id, epoch + 1);
    const halted = lastEvent(journal, 'halted');
    if (halted !== undefined) throw new FailoverHalted(`${halted.at}: ${halted.because}`);
    const closed = lastEvent(journal, 'closed');
    return closed === undefined ? undefined : { ...closed.summary, journal };
  });
  return ended;
}
