/**
 * A drill in which all went as it must: `db-1` dies at `FAULT_AT`, `db-2` takes over in epoch 5, `db-3` follows it. A test
 * says only what differs.
 *
 * @module
 */
import type { WriteRecord } from '../../../lab/run/application/protocol.ts';
import { reportOf, type DrillReport, type RunReport } from '../../../lab/run/report-schema.ts';
import type { RunFacts } from '../../../lab/run/run-facts.ts';
import type { JournalCode, JournalDetail, JournalEvent } from '../../../lib/core/journal.ts';
import type { NodeObservation } from '../../../lib/core/observation.ts';
import { firstState, type ClusterState } from '../../../lib/core/state.ts';
import { summarize } from '../../../lib/core/story.ts';
import { NOW, seenServer, replica, vote } from '../../core/examples.ts';
import { exampleCluster } from '../../fakes/example-config.ts';

export const FAULT_AT = NOW;

const CHANGE: readonly JournalDetail[] = [
  {
    code: 'opened',
    mode: 'failover',
    trigger: { kind: 'monitor', monitor: 'b', epoch: 4 },
    oldPrimary: 'db-1',
    instanceState: 'not asked',
    force: false,
    dismissed: null,
  },
  { code: 'confirmed', because: 'all monitors miss db-1', votes: ['a', 'b', 'c'].map((id) => vote(id)) },
  {
    code: 'planned',
    plan: {
      epoch: 5,
      oldPrimary: 'db-1',
      candidate: 'db-2',
      losers: [],
      repoint: ['db-3'],
      route: { type: 'secondaryPrivateIp', address: '10.0.1.100', fallbackRecord: 'orders.db.example.internal' },
      possibleLoss: 0,
    },
  },
  { code: 'fence-proven', proof: 'acks-revoked', because: 'no replica acknowledges' },
  {
    code: 'settled',
    candidate: 'db-2',
    election: {
      elected: true,
      winner: 'db-2',
      received: '0-1-100',
      losers: [],
      possibleLoss: 0,
      lossAsOfMs: null,
      caveats: [],
    },
  },
  { code: 'promoted', candidate: 'db-2', identity: '2' },
  { code: 'address-moved', address: '10.0.1.100', networkInterfaceId: 'eni-2', tookMs: 40 },
  { code: 'route-verified', route: 'vip', address: '10.0.1.100', identity: '2' },
  { code: 'repointed', nodeId: 'db-3', source: 'db-2' },
];

/** Events of epoch 5, the first 2.5 s after the fault and then one each 100 ms. */
export function journalOf(details: readonly JournalDetail[]): JournalEvent[] {
  return details.map((detail, index) => ({
    ...detail,
    cluster: 'orders',
    epoch: 5,
    execution: 'orders-e5',
    atMs: FAULT_AT + 2_500 + 100 * index,
  }));
}

const SUMMARY = summarize(journalOf(CHANGE), FAULT_AT + 3_390);

/** The journal of the whole change. */
export const JOURNAL: readonly JournalEvent[] = journalOf([
  ...CHANGE,
  { code: 'closed', summary: SUMMARY },
  { code: 'fence-complete', instanceId: 'i-1' },
]);

export const without = (...codes: readonly JournalCode[]) => JOURNAL.filter((event) => !codes.includes(event.code));

/** The journal with events of that code changed. */
export function changed(
  code: JournalCode,
  change: (event: JournalEvent) => JournalEvent,
  journal: readonly JournalEvent[] = JOURNAL,
): JournalEvent[] {
  return journal.map((event) => (event.code === code ? change(event) : event));
}

export const BEFORE: ClusterState = { ...firstState('orders', 'db-1'), epoch: 4 };

/** A write that took 5 ms; acknowledged by the old primary (server 1), if nothing else is said. */
export function write(doneAtMs: number, changes: Partial<WriteRecord> = {}): WriteRecord {
  return {
    id: `app-${doneAtMs}`,
    sentAtMs: doneAtMs - 5,
    doneAtMs,
    outcome: 'acknowledged',
    server: '1',
    ...changes,
  };
}

/** `db-1` is gone, `db-2` writable as server 2, `db-3` follows it. */
export const NODES: readonly NodeObservation[] = [
  { nodeId: 'db-1', atMs: NOW, reachable: false, failure: 'unreachable', detail: 'no route to host' },
  seenServer('db-2', { identity: '2', readOnly: false, replica: null }),
  seenServer('db-3', { identity: '3', replica: replica({ sourceHost: '10.0.1.12', receiver: 'receiving' }) }),
];

/** The execution that made the change, or one that differs from it. */
export function started(changes: Partial<RunFacts['executionsStarted'][number]> = {}) {
  const startedAtMs = FAULT_AT + 2_450;
  return { arn: 'orders-e5', name: 'orders-e5', startedAtMs, status: 'SUCCEEDED', error: null, ...changes };
}

/** What is known after a clean failover. */
export function facts(changes: Partial<RunFacts> = {}): RunFacts {
  return {
    cluster: exampleCluster(),
    expected: 'failover',
    expectedRoute: 'vip',
    blindMonitors: 0,
    faultAtMs: FAULT_AT,
    before: BEFORE,
    after: { ...BEFORE, epoch: 5, primary: 'db-2' },
    journal: JOURNAL,
    executionsStarted: [started()],
    killsWanted: null,
    kills: [],
    awsFaults: [],
    repeatsSteps: false,
    writes: [write(FAULT_AT - 10), write(FAULT_AT + 3_250, { server: '2' })],
    ledger: { acknowledged: 2, lost: 0, unknown: 1, duplicate: 0 },
    problemsWanted: ['dead'],
    problemsTold: ['dead', 'missed'],
    notWellAgain: [],
    denials: [],
    oldIdentity: '1',
    nodes: NODES,
    behindVip: '2',
    recordAddress: '10.0.1.100',
    ...changes,
  };
}

/** What is known after a fault that nobody may act on: nothing has changed. */
export function factsOfNoChange(changes: Partial<RunFacts> = {}): RunFacts {
  return facts({
    expected: 'no-change',
    blindMonitors: 2,
    after: BEFORE,
    journal: [],
    executionsStarted: [],
    writes: [write(FAULT_AT - 10)],
    nodes: [NODES[0]!, seenServer('db-2', { identity: '2' }), seenServer('db-3', { identity: '3' })],
    behindVip: null,
    ...changes,
  });
}

/** The report of a failover of 3 s. */
export function runReport(changes: Partial<RunReport> = {}): RunReport {
  return {
    rtoMs: 3_000,
    phases: {
      detectMs: 2_500,
      confirmMs: 50,
      planMs: 50,
      fenceMs: 100,
      settleMs: 50,
      promoteMs: 100,
      routeMs: 100,
      clientMs: 50,
    },
    writes: { acknowledged: 417, lost: 0, unknown: 1, duplicate: 0 },
    proofs: [
      { kind: 'acks-revoked', atMs: 2_700, allowedPromotion: true },
      { kind: 'instance-stopped', atMs: 7_700, allowedPromotion: false },
    ],
    epoch: 5,
    oldPrimary: 'db-1',
    newPrimary: 'db-2',
    route: 'vip',
    execution: { status: 'SUCCEEDED', states: ['Open', 'Confirm', 'Plan', 'Promote', 'Close'] },
    kills: [],
    rivals: { started: 0, refused: 0 },
    awsFaults: [],
    expected: 'failover',
    detection: {
      verdicts: [
        { verdict: 'suspect', firstMs: 400, majorityMs: 420 },
        { verdict: 'dead', firstMs: 2_410, majorityMs: 2_440 },
      ],
      startedMs: 2_500,
      confirmedMs: 2_550,
      problems: ['missed', 'dead'],
      falseAlarms: 0,
      sessions: null,
    },
    invariants: { 1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true },
    exercised: ['1', '2', '3', '4', '8'],
    violations: [],
    ...changes,
  };
}

/** The report of a drill that was killed at a state while EC2 was out: every field has a value. */
export function killedReport(): DrillReport {
  const kill = { state: 'Open', when: 'after' } as const;
  const report = drillReport([
    runReport({ kills: [{ ...kill, atMs: 2_600, tookMs: 4 }], awsFaults: [{ rule: 'EC2 is out', requests: 3 }] }),
  ]);
  return { ...report, settings: { ...report.settings, kill: { when: kill.when, which: kill.state } } };
}

/** The report of a drill at the defaults, in which detection takes 2.5 s when nothing costs anything. */
export function drillReport(runs: readonly RunReport[]): DrillReport {
  return reportOf({
    scenario: 'crash',
    engine: { name: 'mariadb', version: '10.11.19' },
    net: 'namespaces',
    settings: {
      intervalMs: 1_000,
      timeoutMs: 1_000,
      failures: 3,
      semiSync: 'required',
      apiLatency: 1,
      stopTimeMs: 5_000,
      writeDeadlineSeconds: 30,
      forMs: null,
      blindMonitors: 0,
      failVip: false,
      kill: null,
      throttle: 0,
      loseResponses: 0,
      staleReadsMs: 0,
      rivals: 0,
    },
    detectMs: 2_500,
    runs: [...runs],
  });
}
