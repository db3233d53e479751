/**
 * How a change ended, as far as its journal says.
 *
 * @module
 */
import { lastEvent, type EventOf, type JournalEvent } from '../journal.ts';

export type Ending =
  | { readonly kind: 'halted'; readonly event: EventOf<'halted'> }
  | { readonly kind: 'failed-over'; readonly event: EventOf<'closed'> }
  | { readonly kind: 'stood-down'; readonly event: EventOf<'stood-down'> }
  /** No event ends it: it goes on, or its execution ended without a word. */
  | { readonly kind: 'unfinished'; readonly event: null };

/** A halt outweighs another end, before it or after it: a person must look. */
export function endingOf(events: readonly JournalEvent[]): Ending {
  const halted = lastEvent(events, 'halted');
  if (halted !== undefined) return { kind: 'halted', event: halted };
  const closed = lastEvent(events, 'closed');
  if (closed !== undefined) return { kind: 'failed-over', event: closed };
  const stoodDown = lastEvent(events, 'stood-down');
  return stoodDown === undefined ? { kind: 'unfinished', event: null } : { kind: 'stood-down', event: stoodDown };
}

/** The change in one line, without its cluster and epoch. */
export function headlineOf(events: readonly JournalEvent[], ending: Ending): string {
  const opened = lastEvent(events, 'opened');
  const from = opened === undefined ? '' : ` of ${opened.oldPrimary}`;
  switch (ending.kind) {
    case 'failed-over': {
      const { oldPrimary, newPrimary } = ending.event.summary;
      return oldPrimary === newPrimary
        ? `reopened ${newPrimary}, whose server was started again`
        : `failed over from ${oldPrimary} to ${newPrimary}`;
    }
    case 'stood-down':
      return `stood down from a failover${from}`;
    case 'halted':
      return `failover${from} halted by ${ending.event.at}, ${progressOf(events)}`;
    case 'unfinished':
      return `failover${from} without an end so far, ${progressOf(events)}`;
    default:
      return ending satisfies never;
  }
}

/** What matters most when a change did not end well: who may be writable. */
function progressOf(events: readonly JournalEvent[]): string {
  const promoted = lastEvent(events, 'promoted');
  if (promoted !== undefined) return `with ${promoted.candidate} promoted`;
  const candidate = lastEvent(events, 'settled')?.candidate ?? lastEvent(events, 'reopening')?.nodeId;
  if (candidate !== undefined) return `with ${candidate} about to be opened for writes`;
  return 'with no word of a promotion';
}
