/**
 * A change, told from its journal alone (invariant 8).
 *
 * @module
 */
import type { ChangeSummary, JournalCode, JournalEvent } from './journal.ts';

/** What people are told of a change that was carried out. Throws when the journal does not hold a whole one. */
export function summarize(events: readonly JournalEvent[], nowMs: number): ChangeSummary {
  const opened = required(events, 'opened');
  const confirmed = required(events, 'confirmed');
  const promoted = required(events, 'promoted');
  const missedSince = confirmed.votes
    .filter((vote) => vote.verdict === 'dead' && vote.sinceMs !== null)
    .map((vote) => vote.sinceMs ?? opened.atMs);
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
    outageMs: nowMs - Math.min(opened.atMs, ...missedSince),
  };
}

function possibleLoss(events: readonly JournalEvent[]): number | null {
  const { election } = required(events, 'settled');
  return election.elected ? election.possibleLoss : null;
}

/** Every sentence of the story, in order, as a person reads it. */
export function tellStory(
  events: readonly JournalEvent[],
): readonly { readonly atMs: number; readonly sentence: string }[] {
  return events.map((event) => ({ atMs: event.atMs, sentence: sentenceOf(event) }));
}

function sentenceOf(event: JournalEvent): string {
  switch (event.code) {
    case 'opened':
      return `opened epoch ${event.epoch} to replace ${event.oldPrimary} (instance ${event.instanceState})`;
    case 'confirmed':
      return `confirmed: ${event.because}`;
    case 'stood-down':
      return `stood down: ${event.because}`;
    case 'planned':
      return `planned: promote ${event.plan.candidate}, repoint ${event.plan.repoint.join(', ') || 'nobody'}`;
    case 'fence-evidence':
      return `fence evidence: ${event.evidence.kind}`;
    case 'fence-failed':
      return `fencing failed at ${event.what}: ${event.because}`;
    case 'fence-proven':
      return `fence proven by ${event.proof}: ${event.because}`;
    case 'fence-unproven':
      return `fence not proven: ${event.because}`;
    case 'interfaces-isolated':
      return `isolating ${event.undo.map((each) => `${each.id} (had ${each.groups.join(', ')})`).join('; ')}`;
    case 'stop-requested':
      return `asked EC2 to stop ${event.instanceId}`;
    case 'settled':
      return `settled: ${event.candidate} has applied all that it received`;
    case 'promoted':
      return `promoted ${event.candidate} (server ${event.identity})`;
    case 'address-moved':
      return `${event.address} moved to ${event.networkInterfaceId} in ${event.tookMs} ms`;
    case 'route-failed':
      return `the route does not lead there: ${event.because}`;
    case 'record-changed':
      return `${event.recordName} now holds ${event.address}`;
    case 'route-verified':
      return `verified by ${event.route}: ${event.address} leads to server ${event.identity}`;
    case 'repointed':
      return `${event.nodeId} now follows ${event.source}`;
    case 'repoint-failed':
      return `${event.nodeId} could not be repointed: ${event.because}`;
    case 'closed':
      return `closed after ${event.summary.outageMs} ms`;
    case 'halted':
      return `halted at ${event.at}: ${event.because}`;
    case 'fence-complete':
      return `fence complete: ${event.instanceId} is stopped`;
    case 'fence-incomplete':
      return `fence incomplete: ${event.because}`;
    default:
      return event satisfies never;
  }
}

function required<Code extends JournalCode>(
  events: readonly JournalEvent[],
  code: Code,
): Extract<JournalEvent, { code: Code }> {
  const found = events.findLast((event): event is Extract<JournalEvent, { code: Code }> => event.code === code);
  if (found === undefined) throw new Error(`the journal has no event "${code}"; it can't tell the whole change`);
  return found;
}
