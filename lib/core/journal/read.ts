/**
 * How a stored journal is read back, by this version or another: nothing that happened is left out of a story because
 * it can't be understood.
 *
 * @module
 */
import { inOrder, type JournalCode, type JournalEvent } from '../journal.ts';
import { isJournalCode } from './codes.ts';
import { stampSchema } from './event-definition.ts';
import { journalRegistry } from './registry.ts';

/** One entry of a stored journal. The time is infinite, and the code `unknown`, where even they can't be read. */
export type JournalEntry =
  | { readonly readable: true; readonly atMs: number; readonly code: JournalCode; readonly event: JournalEvent }
  | { readonly readable: false; readonly atMs: number; readonly code: string; readonly sentence: string };

/** A stored journal, in order. */
export function readJournal(stored: readonly unknown[]): readonly JournalEntry[] {
  return inOrder(stored.map(readEntry));
}

/** The sentence that tells an event, without a period at its end. */
export function sentenceOf(event: JournalEvent): string {
  const { sentence }: { sentence(this: void, event: never): string } = journalRegistry[event.code];
  // Each code has the definition of its own fields; the compiler can't follow that through a lookup.
  return sentence(event as never);
}

function readEntry(stored: unknown): JournalEntry {
  const { atMs, code } = Object(stored) as { readonly atMs?: unknown; readonly code?: unknown };
  const unreadable = (sentence: string): JournalEntry => ({
    readable: false,
    atMs: Number.isFinite(atMs) ? Number(atMs) : Number.POSITIVE_INFINITY,
    code: typeof code === 'string' ? code : 'unknown',
    sentence,
  });
  if (!isJournalCode(code)) {
    return unreadable(`an event of a newer version: ${typeof code === 'string' ? code : 'it has no code'}`);
  }
  const field = unreadableField(stored, code);
  if (field !== null) return unreadable(`an event of another version: ${code}, whose field ${field} can't be read`);
  const event = stored as JournalEvent;
  return { readable: true, atMs: event.atMs, code, event };
}

/** The first field of an event that is not as its definition says, or null. */
function unreadableField(stored: unknown, code: JournalCode): string | null {
  for (const schema of [stampSchema, journalRegistry[code].fields]) {
    const { success, error } = schema.safeParse(stored);
    if (!success) return error.issues[0]?.path.join('.') ?? 'unknown';
  }
  return null;
}
