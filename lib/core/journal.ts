/**
 * What a change did, as it is kept: every change can be explained from these events alone (invariant 8). What events
 * there are is defined once, in `journal/registry.ts`; here are their types, and what the functions need at run time.
 *
 * @module
 */
import type * as z from 'zod';
import { isJournalCode, JOURNAL_CODES, type JournalCode } from './journal/codes.ts';
import type { Frozen, JournalStamp } from './journal/event-definition.ts';
import type { JournalRegistry } from './journal/registry.ts';

export type { JournalCode } from './journal/codes.ts';
export type { ChangeSummary, Plan, Trigger } from './journal/facts.ts';

/** What happened, by code. Append only: a step that runs twice says so twice. */
export type JournalDetail = {
  readonly [Code in JournalCode]: { readonly code: Code } & Frozen<z.output<JournalRegistry[Code]['fields']>>;
}[JournalCode];

/** One event of a change. */
export type JournalEvent = JournalDetail & JournalStamp;

/** The events of one code. */
export type EventOf<Code extends JournalCode> = Extract<JournalEvent, { code: Code }>;

/** The last event of a code, or undefined. */
export function lastEvent<Code extends JournalCode>(
  events: readonly JournalEvent[],
  code: Code,
): EventOf<Code> | undefined {
  return events.findLast((event): event is EventOf<Code> => event.code === code);
}

/**
 * Events by their time; those of the same millisecond as one follows from another. Those of codes that this version does
 * not know come after those that it does, in the order in which they were given.
 */
export function inOrder<Event extends { readonly atMs: number; readonly code: string }>(
  events: readonly Event[],
): readonly Event[] {
  const place = ({ code }: Event) => (isJournalCode(code) ? JOURNAL_CODES.indexOf(code) : JOURNAL_CODES.length);
  // Two that have no time are equal: the difference of infinities is no number.
  return events.toSorted((a, b) => (a.atMs === b.atMs ? place(a) - place(b) : a.atMs - b.atMs));
}
