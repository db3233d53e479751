/**
 * Checks a run against the invariants (lib/core/INVARIANTS.md) from what clients were told, what the journal says and
 * what the servers answer at the end; never from what the workflow believes of itself.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../lib/core/errors.ts';
import type { JournalCode } from '../../lib/core/journal.ts';
import { summarize } from '../../lib/core/story.ts';
import { expectations } from './expectations.ts';
import { find, type RunFacts } from './run-facts.ts';

export interface Findings {
  readonly invariants: Readonly<Record<string, boolean | null>>;
  readonly violations: readonly string[];
}

/** What a check finds wrong; empty when it held; null when this run does not exercise it. */
type Check = (facts: RunFacts) => readonly string[] | null;

const CHECKS: Readonly<Record<string, Check>> = {
  1: proofBeforePromotion,
  2: oneExecutionPerEpoch,
  3: nothingAcknowledgedIsLost,
  4: routeLeadsToAVerifiedServer,
  // A planned switchover: no scenario of this drill makes one.
  5: () => null,
  6: haltChangesNothingMore,
  7: lostMonitorsChangeNothing,
  8: journalTellsTheStory,
};

export function checkInvariants(facts: RunFacts): Findings {
  const results = Object.entries(CHECKS).map(([number, check]) => ({ number, wrong: check(facts) }));
  return {
    invariants: Object.fromEntries(
      results.map(({ number, wrong }) => [number, wrong === null ? null : wrong.length === 0]),
    ),
    violations: [
      ...results.flatMap(({ number, wrong }) => (wrong ?? []).map((sentence) => `invariant ${number}: ${sentence}`)),
      ...expectations(facts),
    ],
  };
}

function proofBeforePromotion({ journal, writes, oldIdentity, nodes, after }: RunFacts) {
  const promoted = find(journal, 'promoted');
  if (promoted === undefined) return null;
  const wrong: string[] = [];
  const proven = find(journal, 'fence-proven');
  if (proven === undefined || proven.atMs > promoted.atMs) {
    wrong.push(`${promoted.candidate} was promoted without a proof journalled before`);
  }
  const late = writes.filter(
    (write) => write.server === oldIdentity && write.outcome === 'acknowledged' && write.doneAtMs > promoted.atMs,
  );
  // A primary that is reopened is the old and the new one.
  if (late.length > 0 && promoted.identity !== oldIdentity)
    wrong.push(`the old primary acknowledged ${late.length} writes after the promotion`);
  const writable = nodes.filter((node) => node.reachable && !node.server.readOnly && node.nodeId !== after.primary);
  wrong.push(...writable.map((node) => `${node.nodeId} is writable beside ${after.primary}`));
  return wrong;
}

function oneExecutionPerEpoch({ journal, executionsStarted, before, after }: RunFacts) {
  const wrong: string[] = [];
  const actors = new Set(journal.map((event) => event.execution));
  if (actors.size > 1)
    wrong.push(`${actors.size} executions wrote in epoch ${before.epoch + 1}: ${[...actors].join(', ')}`);
  const started = executionsStarted.length;
  const succeeded = executionsStarted.filter((execution) => execution.status === 'SUCCEEDED').length;
  const grown = after.epoch - before.epoch;
  // What succeeded made an epoch; what failed made one if it halted, and none if it was refused.
  if (grown < succeeded || grown > started) {
    wrong.push(`the epoch grew by ${grown}, but ${started} executions were started and ${succeeded} succeeded`);
  }
  return wrong;
}

function nothingAcknowledgedIsLost({ cluster, ledger, journal }: RunFacts) {
  if (ledger.lost === 0) return [];
  if (cluster.semiSync === 'required')
    return [`${ledger.lost} acknowledged writes are lost although semi-sync is required`];
  const planned = find(journal, 'planned');
  return planned?.plan.possibleLoss === 0
    ? [`${ledger.lost} writes are lost, but the plan said that none would be`]
    : [];
}

function routeLeadsToAVerifiedServer(facts: RunFacts) {
  const { journal, before, after, nodes, cluster, behindVip, recordAddress } = facts;
  const wrong: string[] = [];
  const promoted = find(journal, 'promoted');
  const moves = journal.filter((event) => event.code === 'address-moved' || event.code === 'record-changed');
  if (moves.some((event) => promoted === undefined || event.atMs < promoted.atMs)) {
    wrong.push('the route was moved before the new primary was verified writable');
  }
  if (promoted === undefined) {
    if (behindVip !== null && behindVip !== facts.oldIdentity) {
      wrong.push(`the VIP leads to server ${behindVip} without a promotion`);
    }
    const exercised = behindVip !== null && after.epoch === before.epoch;
    return exercised || wrong.length > 0 ? wrong : null;
  }
  const verified = find(journal, 'route-verified');
  if (verified?.identity !== promoted.identity) wrong.push('the route was not verified to lead to the new primary');
  const primary = nodes.find((node) => node.nodeId === after.primary);
  const identity = primary?.reachable === true ? primary.server.identity : 'nobody';
  const address = cluster.nodes.find((node) => node.id === after.primary)?.address;
  if (after.route === 'vip' && behindVip !== identity) {
    wrong.push(`the VIP leads to server ${behindVip ?? 'nobody'}, the primary is ${identity}`);
  }
  if (after.route === 'dns' && recordAddress !== address) {
    wrong.push(`the record holds ${recordAddress ?? 'nothing'}, the primary is at ${address ?? 'nowhere'}`);
  }
  return wrong;
}

function haltChangesNothingMore({ journal }: RunFacts) {
  const halted = find(journal, 'halted');
  if (halted === undefined) return null;
  const changes: readonly JournalCode[] = ['promoted', 'address-moved', 'record-changed', 'repointed', 'closed'];
  const later = journal.filter((event) => event.atMs > halted.atMs && changes.includes(event.code));
  return later.map((event) => `${event.code} came after the halt`);
}

function lostMonitorsChangeNothing({ blindMonitors, executionsStarted, faultAtMs, expected }: RunFacts) {
  if (blindMonitors === 0) return null;
  const unprovoked = executionsStarted.filter((each) => expected === 'no-change' || each.startedAtMs < faultAtMs);
  return unprovoked.map((each) => `${each.name} was started although ${blindMonitors} monitors were merely blind`);
}

function journalTellsTheStory({ journal, before, after }: RunFacts) {
  const samePrimary = after.primary === before.primary;
  if (journal.length === 0 && samePrimary && after.epoch === before.epoch) return null;
  if (journal.length === 0 || (!samePrimary && find(journal, 'promoted') === undefined)) {
    return [`the journal does not say how ${after.primary} came to be the primary of epoch ${after.epoch}`];
  }
  const closed = find(journal, 'closed');
  if (closed === undefined) return [];
  const untilThen = journal.filter((event) => event.atMs <= closed.atMs);
  try {
    const told = summarize(untilThen, closed.summary.endedAtMs);
    return isDeepStrictEqual(told, closed.summary) ? [] : ['the journal tells another story than was reported'];
  } catch (error) {
    return [messageOf(error)];
  }
}
