/**
 * What is known at the end of a change, each claim with the events that it rests on. What no event says is not claimed,
 * neither that it happened nor that it did not.
 *
 * @module
 */
import { lastEvent, type JournalCode, type JournalEvent } from '../journal.ts';
import { lossOf } from '../journal/facts.ts';
import { ROUTE_WORDS } from '../journal/promotion-events.ts';

export interface Claim {
  /** Without a period at its end. */
  readonly sentence: string;
  /** Codes of the events that say so. */
  readonly from: readonly JournalCode[];
}

/** In the order of their weight for who has to decide something. */
export function claimsOf(events: readonly JournalEvent[]): readonly Claim[] {
  return [
    ...whoIsPrimary(events),
    ...howTheOldOneIsFenced(events),
    ...whatIsLost(events),
    ...whereClientsGo(events),
    ...whoFollows(events),
    ...whatAPersonAsked(events),
  ];
}

function whoIsPrimary(events: readonly JournalEvent[]): readonly Claim[] {
  const promoted = lastEvent(events, 'promoted');
  if (promoted !== undefined) {
    return [
      {
        sentence: `${promoted.candidate} (server ${promoted.identity}) was opened for writes under epoch ${promoted.epoch}`,
        from: ['promoted'],
      },
    ];
  }
  const reopening = lastEvent(events, 'reopening');
  if (reopening !== undefined) {
    return [{ sentence: `${reopening.nodeId} was about to be opened again, and may be writable`, from: ['reopening'] }];
  }
  const settled = lastEvent(events, 'settled');
  if (settled === undefined) return [];
  return [{ sentence: `${settled.candidate} was about to be opened, and may be writable`, from: ['settled'] }];
}

function howTheOldOneIsFenced(events: readonly JournalEvent[]): readonly Claim[] {
  const old = lastEvent(events, 'opened')?.oldPrimary ?? 'the old primary';
  const claims: Claim[] = [];
  const proven = lastEvent(events, 'fence-proven');
  const unproven = lastEvent(events, 'fence-unproven');
  if (proven?.proof === 'same-server') {
    claims.push({ sentence: `there is no second writer: ${proven.because}`, from: ['fence-proven'] });
  } else if (proven !== undefined) {
    claims.push({
      sentence: `${old} can't acknowledge writes, proven by ${proven.proof}: ${proven.because}`,
      from: ['fence-proven'],
    });
  } else if (unproven !== undefined) {
    claims.push({ sentence: `${old} may still acknowledge writes: ${unproven.because}`, from: ['fence-unproven'] });
  }
  const undo = events.flatMap((event) => (event.code === 'interfaces-isolated' ? event.undo : []));
  if (undo.length > 0) {
    const had = undo.map(({ id, groups }) => `${id} had ${groups.join(', ') || 'none'}`).join('; ');
    claims.push({ sentence: `${old} was to get the fence group alone (${had})`, from: ['interfaces-isolated'] });
  }
  const complete = lastEvent(events, 'fence-complete');
  const incomplete = lastEvent(events, 'fence-incomplete');
  const requested = lastEvent(events, 'stop-requested');
  if (complete !== undefined) {
    claims.push({ sentence: `${old} is stopped (${complete.instanceId})`, from: ['fence-complete'] });
  } else if (incomplete !== undefined) {
    claims.push({ sentence: `${old} was not stopped in time: ${incomplete.because}`, from: ['fence-incomplete'] });
  } else if (requested !== undefined) {
    claims.push({ sentence: `${old} was asked to stop (${requested.instanceId})`, from: ['stop-requested'] });
  }
  return claims;
}

/** What the final election says; the plan's is a forecast. */
function whatIsLost(events: readonly JournalEvent[]): readonly Claim[] {
  const settled = lastEvent(events, 'settled');
  if (settled?.election.elected === true) {
    return [{ sentence: lossOf(settled.election, settled.atMs), from: ['settled'] }];
  }
  const planned = lastEvent(events, 'planned');
  if (planned === undefined) return [];
  return [{ sentence: `by the plan, ${lossOf(planned.plan, planned.atMs)}`, from: ['planned'] }];
}

function whereClientsGo(events: readonly JournalEvent[]): readonly Claim[] {
  const verified = lastEvent(events, 'route-verified');
  if (verified !== undefined) {
    return [
      {
        sentence: `${verified.address} leads to server ${verified.identity}, verified by ${ROUTE_WORDS[verified.route]}`,
        from: ['route-verified'],
      },
    ];
  }
  const claims: Claim[] = [];
  const moved = lastEvent(events, 'address-moved');
  if (moved !== undefined) {
    claims.push({
      sentence: `${moved.address} was moved to ${moved.networkInterfaceId}, but not verified`,
      from: ['address-moved'],
    });
  }
  const pointed = lastEvent(events, 'record-changed');
  if (pointed !== undefined) {
    claims.push({
      sentence: `${pointed.recordName} was set to ${pointed.address}, but not verified`,
      from: ['record-changed'],
    });
  }
  return claims;
}

/** The last word on each replica. */
function whoFollows(events: readonly JournalEvent[]): readonly Claim[] {
  const latest = new Map<string, Claim>();
  for (const event of events) {
    if (event.code === 'repointed') {
      latest.set(event.nodeId, { sentence: `${event.nodeId} follows ${event.source}`, from: ['repointed'] });
    }
    if (event.code === 'repoint-failed') {
      latest.set(event.nodeId, {
        sentence: `${event.nodeId} does not follow the new primary: ${event.because}`,
        from: ['repoint-failed'],
      });
    }
  }
  return [...latest.values()];
}

function whatAPersonAsked(events: readonly JournalEvent[]): readonly Claim[] {
  const opened = lastEvent(events, 'opened');
  if (opened?.trigger.kind !== 'operator') return [];
  const { name, reason } = opened.trigger;
  const forced = opened.force ? ', and forced it: nobody was asked whether the old primary was gone' : '';
  return [{ sentence: `${name} asked for it (${reason})${forced}`, from: ['opened'] }];
}
