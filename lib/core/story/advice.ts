/**
 * What a person must do when a change left something undone. Advice never says that something is safe: it says where to
 * look first.
 *
 * @module
 */
import { lastEvent, type JournalEvent } from '../journal.ts';
import type { Ending } from './ending.ts';

/** In the order in which to do it; empty when nothing is left to do. */
export function adviceOf(events: readonly JournalEvent[], ending: Ending): readonly string[] {
  return [
    ...(ending.kind === 'halted' || ending.kind === 'unfinished' ? toFinish(events, ending) : []),
    ...whateverTheEnd(events),
  ];
}

function toFinish(events: readonly JournalEvent[], ending: Ending): readonly string[] {
  const opened = lastEvent(events, 'opened');
  const promoted = lastEvent(events, 'promoted');
  const settled = lastEvent(events, 'settled');
  const old = opened?.oldPrimary ?? 'the old primary';
  const wait =
    ending.kind === 'unfinished'
      ? [`wait while ${opened?.execution ?? 'its execution'} runs; what follows is for when it has ended`]
      : [];
  if (promoted !== undefined && promoted.candidate === opened?.oldPrimary) {
    return [
      ...wait,
      `take ${promoted.candidate} for the primary, as it was, and find out whether clients reach it`,
      'release the cluster when that is so (docs/operations.md, "After a halt")',
    ];
  }
  if (promoted !== undefined) {
    const verified = lastEvent(events, 'route-verified') !== undefined;
    return [
      ...wait,
      `take ${promoted.candidate} for the primary, open no other, and keep ${old} stopped`,
      ...(verified ? [] : [`find out where clients are led, and lead them to ${promoted.candidate}`]),
      'release the cluster when that is so (docs/operations.md, "After a halt")',
    ];
  }
  if (settled !== undefined) {
    return [
      ...wait,
      `find out whether ${settled.candidate} is writable before anything else is opened: it was about to be`,
      `then start a failover with "force": true; add "dismiss": "${settled.candidate}" only if it is read-only for certain`,
    ];
  }
  return [
    ...wait,
    `find out which server is writable, ${old} first, and never open a second one`,
    `then start a failover with "force": true, or, if ${old} is well, undo its fence and release the cluster (docs/operations.md, "After a halt")`,
  ];
}

/** What is left to do after a change that was carried out as well. */
function whateverTheEnd(events: readonly JournalEvent[]): readonly string[] {
  const advice: string[] = [];
  const old = lastEvent(events, 'opened')?.oldPrimary ?? 'the old primary';
  if (lastEvent(events, 'fence-incomplete') !== undefined && lastEvent(events, 'fence-complete') === undefined) {
    advice.push(`stop ${old} by hand, before anything starts it again`);
  }
  const latest = new Map(
    events.flatMap((event) =>
      event.code === 'repointed' || event.code === 'repoint-failed' ? [[event.nodeId, event.code] as const] : [],
    ),
  );
  for (const [nodeId, code] of latest) {
    if (code === 'repoint-failed') advice.push(`make ${nodeId} follow the new primary, or rebuild it`);
  }
  const verified = lastEvent(events, 'route-verified');
  const record = lastEvent(events, 'record-changed');
  if (verified?.route === 'dns' && record !== undefined) {
    advice.push(`move the VIP to the new primary by hand: only who resolves ${record.recordName} reaches it`);
  }
  return advice;
}
