/**
 * A change summed up from its journal alone (invariant 8), as people are told of it when it is closed. The whole story is
 * told by `story/tell-story.ts`; what is here is all that the functions need of it.
 *
 * @module
 */
import { lastEvent, type ChangeSummary, type EventOf, type JournalCode, type JournalEvent } from './journal.ts';

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
    route: required(events, 'route-verified').route,
    proof: required(events, 'fence-proven').proof,
    possibleLoss: possibleLoss(events),
    startedAtMs: opened.atMs,
    endedAtMs: nowMs,
    outageMs: nowMs - Math.min(opened.atMs, ...firstMisses(confirmed).map((miss) => miss.atMs)),
  };
}

/** When a monitor first missed the primary that it holds for dead, in epoch milliseconds by its own clock. */
export interface FirstMiss {
  readonly monitor: string;
  readonly primary: string;
  readonly atMs: number;
  /** How the latest probe failed. */
  readonly failure: string | null;
}

/** The beginning of the outage, as the monitors saw it that the confirmation rests on. */
export function firstMisses({ votes }: EventOf<'confirmed'>): readonly FirstMiss[] {
  return votes.flatMap(({ monitor, primary, verdict, sinceMs, failure }) =>
    verdict === 'dead' && sinceMs !== null ? [{ monitor, primary, atMs: sinceMs, failure }] : [],
  );
}

function possibleLoss(events: readonly JournalEvent[]): number | null {
  const { election } = required(events, 'settled');
  return election.elected ? election.possibleLoss : null;
}

function required<Code extends JournalCode>(events: readonly JournalEvent[], code: Code): EventOf<Code> {
  const found = lastEvent(events, code);
  if (found === undefined) throw new Error(`the journal has no event "${code}"; it can't tell the whole change`);
  return found;
}
