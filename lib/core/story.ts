/**
 * A change summed up from its journal alone (invariant 8), as people are told of it when it is closed. The whole story is
 * told by `story/tell-story.ts`; what is here is all that the functions need of it.
 *
 * @module
 */
import { lastEvent, type ChangeSummary, type EventOf, type JournalCode, type JournalEvent } from './journal.ts';
import type { RouteKind } from './state.ts';

/** What people are told of a change that was carried out. Throws when the journal does not hold a whole one. */
export function summarize(events: readonly JournalEvent[], nowMs: number): ChangeSummary {
  const opened = required(events, 'opened');
  const confirmed = required(events, 'confirmed');
  const promoted = required(events, 'promoted');
  return {
    cluster: opened.cluster,
    epoch: opened.epoch,
    trigger: opened.trigger,
    oldPrimary: opened.oldPrimary,
    newPrimary: promoted.candidate,
    route: routeOf(events),
    proof: required(events, 'fence-proven').proof,
    possibleLoss: possibleLoss(events),
    startedAtMs: opened.atMs,
    endedAtMs: nowMs,
    outageMs: nowMs - Math.min(opened.atMs, ...firstMisses(confirmed).map((miss) => miss.atMs)),
  };
}

/** When a monitor first missed the primary that it holds for dead, or a write to one that it holds for stalled, in epoch milliseconds by its own clock. */
export interface FirstMiss {
  readonly monitor: string;
  readonly primary: string;
  readonly atMs: number;
  /** How the latest probe failed. */
  readonly failure: string | null;
}

/** The beginning of the outage, as the monitors saw it that the confirmation rests on. */
export function firstMisses({ votes }: EventOf<'confirmed'>): readonly FirstMiss[] {
  return votes.flatMap(({ monitor, primary, verdict, sinceMs, stalledSinceMs, failure }) => {
    const atMs = verdict === 'dead' ? sinceMs : verdict === 'stalled' ? stalledSinceMs : null;
    return typeof atMs === 'number' ? [{ monitor, primary, atMs, failure }] : [];
  });
}

/** Who is reopened is led to as before, also where nobody could connect in the moment after. */
function routeOf(events: readonly JournalEvent[]): RouteKind {
  return lastEvent(events, 'reopening')?.route ?? required(events, 'route-verified').route;
}

function possibleLoss(events: readonly JournalEvent[]): number | null {
  // Who is reopened has all that it had.
  if (lastEvent(events, 'reopening') !== undefined) return 0;
  const { election } = required(events, 'settled');
  return election.elected ? election.possibleLoss : null;
}

function required<Code extends JournalCode>(events: readonly JournalEvent[], code: Code): EventOf<Code> {
  const found = lastEvent(events, code);
  if (found === undefined) throw new Error(`the journal has no event "${code}"; it can't tell the whole change`);
  return found;
}
