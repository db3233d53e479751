/**
 * The one definition of every event that a change can leave: the types of events, how they are read back, their
 * sentences and the page of events come from here.
 *
 * @module
 */
import type { JournalCode } from './codes.ts';
import { endingEvents } from './ending-events.ts';
import type { EventDefinition } from './event-definition.ts';
import { fencingEvents } from './fencing-events.ts';
import { openingEvents } from './opening-events.ts';
import { promotionEvents } from './promotion-events.ts';

/** To add an event, define it in one of the four, and give its code a place in `codes.ts`. */
export const journalRegistry = {
  ...openingEvents,
  ...fencingEvents,
  ...promotionEvents,
  ...endingEvents,
} satisfies Record<JournalCode, Pick<EventDefinition, 'meaning' | 'writtenBy' | 'weight' | 'fields'>>;

export type JournalRegistry = typeof journalRegistry;
