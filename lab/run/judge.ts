/**
 * Turns what a run left behind into its report: the servers are asked, the journal is read, the writes are counted.
 *
 * @module
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { NodeObservation } from '../../lib/core/observation.ts';
import type { LabServer } from '../mysql/lab-server.ts';
import type { WriteRecord } from './application/protocol.ts';
import { awsFaultRules, repeatsSteps } from './aws-faults.ts';
import type { Executions, ExecutionSummary } from './executions.ts';
import { checkInvariants } from './invariants.ts';
import type { KillPlan } from './kill-plan.ts';
import type { Kill } from './killer.ts';
import type { Lab } from './lab.ts';
import { balance, firstOnNewPrimary } from './ledger.ts';
import { look } from './look.ts';
import { problemsAfter, timesToVerdicts, type MonitorLog } from './monitor-log.ts';
import type { DrillOptions } from './options.ts';
import { exitedAt, phasesOf, statesEntered } from './phases.ts';
import type { RunReport } from './report-schema.ts';
import { isRival } from './rivals.ts';
import type { RunFacts } from './run-facts.ts';
import * as topology from './topology.ts';
import { SCENARIOS } from './scenarios/catalogue.ts';
import type { Wellness } from './well-again.ts';

/** What a run left behind. */
export interface Evidence {
  readonly lab: Lab;
  readonly executions: Executions;
  readonly options: DrillOptions;
  readonly writes: readonly WriteRecord[];
  readonly execution: ExecutionSummary | null;
  readonly routeMovedAtMs: number | null;
  readonly plan: KillPlan | null;
  readonly kills: readonly Kill[];
  readonly monitorLog: MonitorLog;
  /** Codes of the problems that monitors must have told of. */
  readonly problemsWanted: readonly string[];
  readonly expectedRoute: 'vip' | 'dns';
  /** How the cluster was after a fault that had ended; null after any other. */
  readonly wellness: Wellness | null;
  /** What IAM denied, a sentence each. */
  readonly denials: readonly string[];
}

export async function judge(
  evidence: Evidence,
  known: Pick<RunFacts, 'expected' | 'faultAtMs' | 'before' | 'oldIdentity'>,
): Promise<RunReport> {
  const { lab, executions, options, writes, routeMovedAtMs, plan, kills, monitorLog, wellness } = evidence;
  const { cluster } = lab;
  const { before, faultAtMs, oldIdentity } = known;
  const [after, journal, executionsStarted] = await Promise.all([
    lab.state.read(cluster.id).then((state) => state ?? before),
    lab.state.journal(cluster.id, before.epoch + 1),
    endsOf(executions),
  ]);
  // Who was refused because another changes the cluster is not whom the run is about.
  const changer = executionsStarted.findLast(({ arn }) => journal.some((event) => event.execution === arn));
  const execution = changer ?? evidence.execution;
  const history: readonly HistoryEvent[] = execution === null ? [] : await executions.history(execution.arn);
  const primaryAnswers = after.primary !== before.primary || wellness?.wrong.length === 0;
  const asked = [...lab.servers].filter(([name]) =>
    primaryAnswers ? name === after.primary : name !== before.primary,
  );
  const ledger = balance(writes, await countWrites(asked.map(([, server]) => server)));
  const address = lab.cloud.route53.lookup(topology.RECORD)?.[0]?.values[0] ?? null;
  const facts: RunFacts = {
    ...known,
    cluster,
    after,
    journal,
    executionsStarted,
    killsWanted: plan,
    kills,
    writes,
    ledger,
    problemsWanted: evidence.problemsWanted,
    problemsTold: problemsAfter(monitorLog.problems, faultAtMs),
    notWellAgain: wellness?.wrong ?? [],
    denials: evidence.denials,
    expectedRoute: evidence.expectedRoute,
    repeatsSteps: kills.length > 0 || repeatsSteps(awsFaultRules(options, SCENARIOS[options.scenario])),
    awsFaults: lab.cloud.faults.counts(),
    blindMonitors: options.blind,
    nodes: await Promise.all(cluster.nodes.map((node) => look(lab, node.id, node.address))),
    behindVip: identityOf(await look(lab, 'vip', cluster.route.address)),
    recordAddress: address,
  };
  const { invariants, violations } = checkInvariants(facts);
  const first = after.primary === before.primary ? firstAfterReopening(facts) : firstOnNewPrimary(writes, oldIdentity);
  const allowed = journal.find((event) => event.code === 'fence-proven');
  return {
    rtoMs: first === null ? null : first.doneAtMs - faultAtMs,
    phases:
      first === null || routeMovedAtMs === null
        ? null
        : phasesOf(history, { faultAtMs, routeMovedAtMs, firstWriteAtMs: first.doneAtMs }),
    writes: ledger,
    proofs: journal.flatMap((event) =>
      event.code === 'fence-evidence'
        ? [
            {
              kind: event.evidence.kind,
              atMs: event.atMs - faultAtMs,
              allowedPromotion: allowed?.code === 'fence-proven' && allowed.proof === event.evidence.kind,
            },
          ]
        : [],
    ),
    epoch: after.epoch,
    oldPrimary: before.primary,
    newPrimary: after.primary,
    route: after.route,
    execution: execution === null ? null : { status: execution.status, states: statesEntered(history) },
    kills: kills.map(({ state, when, atMs, redrivenAtMs }) => ({
      state,
      when,
      atMs: atMs - faultAtMs,
      tookMs: redrivenAtMs - atMs,
    })),
    rivals: rivalsOf(facts),
    awsFaults: [...facts.awsFaults],
    expected: known.expected,
    detection: {
      verdicts: timesToVerdicts(monitorLog.verdicts, faultAtMs, lab.config.monitors.length),
      startedMs: afterFault(executionsStarted[0]?.startedAtMs ?? null, faultAtMs),
      confirmedMs: statesEntered(history).includes('Plan') ? afterFault(exitedAt(history, 'Confirm'), faultAtMs) : null,
      problems: [...facts.problemsTold],
      falseAlarms: known.expected === 'no-change' ? executionsStarted.length : 0,
      sessions: wellness?.sessions ?? null,
    },
    invariants: Object.fromEntries(Object.entries(invariants).map(([number, held]) => [number, held ?? true])),
    exercised: Object.keys(invariants).filter((number) => invariants[number] !== null),
    violations: [...violations],
  };
}

function afterFault(atMs: number | null, faultAtMs: number): number | null {
  return atMs === null ? null : atMs - faultAtMs;
}

/** The first write that was sent and acknowledged under the epoch in which the same primary was opened again. */
function firstAfterReopening({ journal, writes }: RunFacts): WriteRecord | null {
  const openedAtMs = journal[0]?.atMs ?? Infinity;
  return writes.find((write) => write.outcome === 'acknowledged' && write.sentAtMs > openedAtMs) ?? null;
}

async function endsOf(executions: Executions): Promise<RunFacts['executionsStarted']> {
  return Promise.all(
    (await executions.list()).map(async (each) => ({
      ...each,
      error: each.status === 'RUNNING' || each.status === 'SUCCEEDED' ? null : await executions.errorOf(each.arn),
    })),
  );
}

function rivalsOf({ executionsStarted }: RunFacts): RunReport['rivals'] {
  const rivals = executionsStarted.filter(isRival);
  return { started: rivals.length, refused: rivals.filter(({ error }) => error === 'ChangeRefused').length };
}

/**
 * How often each write is there: on the primary, if it answers. Else on whatever servers live: an acknowledged write must
 * be on one of them.
 */
async function countWrites(servers: readonly LabServer[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const server of servers) {
    const connection = await server.adminConnect();
    try {
      const [rows] = await connection.query('SELECT id, COUNT(*) AS times FROM app.writes GROUP BY id');
      for (const { id, times } of rows as { id: string; times: number }[]) {
        found.set(id, Math.max(found.get(id) ?? 0, times));
      }
    } finally {
      connection.destroy();
    }
  }
  return found;
}

function identityOf(seen: NodeObservation): string | null {
  return seen.reachable ? seen.server.identity : null;
}
