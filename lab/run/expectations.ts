/**
 * What a scenario must lead to, besides the invariants.
 *
 * @module
 */
import type { JournalCode } from '../../lib/core/journal.ts';
import { find, type RunFacts } from './run-facts.ts';

/** A sentence for each that is not so. */
export function expectations(facts: RunFacts): string[] {
  const { cluster, expected, before, after, journal, nodes, ledger } = facts;
  const wrong = facts.denials.map((sentence) => `the deployed permissions do not suffice: ${sentence}`);
  wrong.push(...facts.awsFaults.filter(({ requests }) => requests === 0).map(unmet));
  if (ledger.duplicate > 0) wrong.push(`${ledger.duplicate} writes are there more than once`);
  const untold = facts.problemsWanted.filter((code) => !facts.problemsTold.includes(code));
  wrong.push(...untold.map((code) => `no monitor told of the problem ${code}`));
  if (expected === 'no-change') return [...wrong, ...changes(facts), ...facts.notWellAgain];
  if (expected === 'reopened') return [...wrong, ...reopening(facts), ...facts.notWellAgain];
  if (after.primary === before.primary || after.phase !== 'steady') {
    wrong.push(`no failover was completed: ${after.primary} is the primary, phase ${after.phase}`);
    return wrong;
  }
  wrong.push(...oneChange(facts), ...missedKills(facts));
  if (after.route !== facts.expectedRoute)
    wrong.push(`clients are led by ${after.route}, ${facts.expectedRoute} was expected`);
  if (find(journal, 'fence-complete') === undefined) wrong.push(`${before.primary} was not stopped in time`);
  if (!facts.writes.some((write) => write.outcome === 'acknowledged' && write.server !== facts.oldIdentity)) {
    wrong.push(`no client's write was acknowledged by ${after.primary}`);
  }
  const source = cluster.nodes.find((node) => node.id === after.primary)?.address;
  for (const node of nodes.filter((each) => each.nodeId !== before.primary && each.nodeId !== after.primary)) {
    const replica = node.reachable ? node.server.replica : null;
    if (replica?.sourceHost !== source || replica?.receiver !== 'receiving' || replica.applier !== 'applying') {
      wrong.push(`${node.nodeId} does not replicate from ${after.primary}`);
    }
  }
  return wrong;
}

function unmet({ rule }: RunFacts['awsFaults'][number]): string {
  return `no call to AWS was befallen by the rule “${rule}”`;
}

function changes({ before, after, executionsStarted }: RunFacts): string[] {
  const isChanged = after.epoch !== before.epoch || after.primary !== before.primary;
  return [
    ...(isChanged ? ['the cluster was changed'] : []),
    ...executionsStarted.map(({ name }) => `${name} was started, a false alarm`),
  ];
}

/** The same server takes writes under the next epoch, and nothing else was touched: no instance, no address, no replica. */
function reopening(facts: RunFacts): string[] {
  const { before, after, journal, writes, oldIdentity, behindVip } = facts;
  if (after.primary !== before.primary || after.epoch !== before.epoch + 1 || after.phase !== 'steady') {
    return [
      `${before.primary} was not reopened: ${after.primary} is the primary in epoch ${after.epoch}, phase ${after.phase}`,
    ];
  }
  const wrong: string[] = [];
  const touched = journal.filter(({ code }) => REOPENING_NEEDS_NONE.includes(code));
  wrong.push(...touched.map(({ code }) => `${code} was journalled, which reopening ${before.primary} does not need`));
  if (behindVip !== oldIdentity) wrong.push(`the VIP leads to server ${behindVip ?? 'nobody'} after the reopening`);
  const reopenedAtMs = Math.min(...journal.map(({ atMs }) => atMs));
  if (!writes.some((write) => write.outcome === 'acknowledged' && write.sentAtMs > reopenedAtMs)) {
    wrong.push(`no client's write was acknowledged after ${before.primary} was reopened`);
  }
  return wrong;
}

/** What moves or stops something. */
const REOPENING_NEEDS_NONE: readonly JournalCode[] = ['address-moved', 'record-changed', 'repointed', 'fence-complete'];

/**
 * One server was promoted, the change was closed, and whoever did not make it was told so. Where an execution was killed
 * or an answer lost, a step may have run twice and have written the same thing down twice.
 */
function oneChange({ journal, executionsStarted, repeatsSteps }: RunFacts): string[] {
  const wrong: string[] = [];
  const promotions = journal.flatMap((event) => (event.code === 'promoted' ? event.candidate : []));
  const promoted = repeatsSteps ? [...new Set(promotions)] : promotions;
  if (promoted.length > 1) wrong.push(`more was promoted than one server once: ${promoted.join(', ')}`);
  const ends = journal.filter((event) => event.code === 'closed').length;
  if (ends === 0 || (ends > 1 && !repeatsSteps)) wrong.push(`the change was closed ${ends} times`);
  const changers = new Set(journal.map((event) => event.execution));
  for (const { arn, name, status, error } of executionsStarted) {
    const wanted = changers.has(arn) ? 'SUCCEEDED' : 'FAILED with ChangeRefused';
    const end = error === null ? status : `${status} with ${error}`;
    if (end !== wanted) wrong.push(`${name} ended ${end}; ${wanted} was expected`);
  }
  return wrong;
}

function missedKills({ killsWanted, kills }: RunFacts): string[] {
  const killed = kills.map(({ state }) => state);
  if (killsWanted === null || killed.length > 0) return [];
  return [`nothing was killed: ${[...killsWanted.states].join(', ')} was not on the way`];
}
