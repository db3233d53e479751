/**
 * The codes of all events, in the order in which one follows from another. Of two events of the same millisecond the
 * one that stands first here came first. It stands apart from the registry, as the functions need no more than this.
 *
 * @module
 */
export const JOURNAL_CODES = [
  'opened',
  'confirmed',
  'reopening',
  'planned',
  'interfaces-isolated',
  'stop-requested',
  'fence-failed',
  'fence-evidence',
  'fence-proven',
  'fence-unproven',
  'settled',
  'promoted',
  'address-moved',
  'route-failed',
  'record-changed',
  'route-verified',
  'repoint-failed',
  'repointed',
  'fence-complete',
  'fence-incomplete',
  'closed',
  'stood-down',
  'halted',
] as const;

export type JournalCode = (typeof JOURNAL_CODES)[number];

export function isJournalCode(code: unknown): code is JournalCode {
  return JOURNAL_CODES.some((known) => known === code);
}
