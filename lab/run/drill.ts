/**
 * One run of a drill: a lab is built, applications write, a fault is made, and what follows is watched, measured and
 * checked. Everything that the run started is gone when it ends.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/core/errors.ts';
import type { CloudListener } from '../cloud/events.ts';
import type { LabNetwork } from '../net/network.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import type { Application } from './application/application.ts';
import type { WriteRecord } from './application/protocol.ts';
import { executionLog, type ExecutionLog, type ExecutionSummary } from './executions.ts';
import { judge } from './judge.ts';
import { startLab, type Lab } from './lab.ts';
import type { Live } from './live.ts';
import type { DrillOptions } from './options.ts';
import { theoreticalDetectionMs } from './phases.ts';
import type { RunReport } from './report-schema.ts';
import { watchRoute } from './route-watch.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { arrange, makeFault, startApplications } from './stage.ts';
import * as topology from './topology.ts';
import { DeadlineMissed, until } from './until.ts';

export interface RunSetting {
  readonly options: DrillOptions;
  readonly network: LabNetwork;
  readonly build: EngineBuild;
  readonly directory: string;
  readonly live: Live;
  readonly signal: AbortSignal;
}

const STEADY_WITHIN_MS = 60_000;
const FAILOVER_WITHIN_MS = 120_000;
const QUIET_AFTER_MS = 500;
/** Asking costs the machine that is being measured. */
const ASK_EVERY_MS = 250;

export async function runDrill(setting: RunSetting): Promise<RunReport> {
  const { options, live, signal } = setting;
  const scenario: Scenario = SCENARIOS[options.scenario];
  const route = watchRoute(setting.network);
  const { semiSync, apiLatency, stopTimeMs, intervalMs, timeoutMs, failures } = options;
  const lab = await startLab({
    network: route.network,
    build: setting.build,
    directory: setting.directory,
    detection: { intervalMs, timeoutMs, failures },
    semiSync,
    apiLatency,
    stopTimeMs,
    onEvent: tellEvents(live),
  });
  const log = executionLog({
    endpoint: lab.cloud.endpointUrl,
    region: topology.REGION,
    credentials: lab.cloud.operator,
    stateMachineArn: lab.deployment.outputs['StateMachineArn'] ?? '',
  });
  const applications: Application[] = [];
  try {
    applications.push(...startApplications(lab, scenario));
    const { before, oldIdentity } = await steady(lab, applications, signal);
    await arrange(lab, options, signal);
    await delay(Math.random() * options.intervalMs, undefined, { signal });

    const expected = options.blind >= 2 ? 'no-change' : 'failover';
    const facts = { expected, faultAtMs: Date.now(), before, oldIdentity } as const;
    live.fault(facts.faultAtMs, `fault: ${scenario.sentence}`);
    route.startAt(facts.faultAtMs, lab);
    await makeFault(lab, scenario, before.primary);
    const execution =
      expected === 'failover'
        ? await watchFailover(log, live, applications, oldIdentity, signal)
        : await watchNothing(log, options, scenario, signal);
    await delay(QUIET_AFTER_MS, undefined, { signal });
    await Promise.all(applications.map((application) => application.stop(3_000)));
    const writes = applications.flatMap((application) => application.writes);
    return await judge({ lab, log, options, writes, execution, routeMovedAtMs: route.movedAtMs() }, facts);
  } finally {
    await Promise.all(applications.map((application) => application.stop(500)));
    route.stop();
    log.close();
    await lab.close();
  }
}

/** Waits until every monitor says that all is well, with semi-sync as it should be, and writes flow. */
function steady(lab: Lab, applications: readonly Application[], signal: AbortSignal) {
  const { cluster, config } = lab;
  return until('the steady state', STEADY_WITHIN_MS, signal, async () => {
    if (applications.some((application) => application.writes.length < 20)) return undefined;
    const [state, votes] = await Promise.all([lab.state.read(cluster.id), lab.state.votes(cluster.id)]);
    const well = config.monitors.every(({ id }) =>
      votes.some(
        (vote) =>
          vote.monitor === id &&
          vote.verdict === 'alive' &&
          vote.semiSync?.enabled === (cluster.semiSync === 'required') &&
          vote.witnesses.every((witness) => witness.reachable && witness.receiver === 'receiving'),
      ),
    );
    const oldIdentity = votes.find((vote) => vote.identity !== null)?.identity;
    return well && state !== null && oldIdentity ? { before: state, oldIdentity } : undefined;
  });
}

/** Waits until the execution has ended and a client got through. */
async function watchFailover(
  log: ExecutionLog,
  live: Live,
  applications: readonly Application[],
  oldIdentity: string,
  signal: AbortSignal,
): Promise<ExecutionSummary | null> {
  const announce = (write: WriteRecord) => {
    if (announced || write.outcome !== 'acknowledged' || write.server === oldIdentity) return;
    announced = true;
    live.happened(write.doneAtMs, `first write acknowledged by the new primary (server ${write.server})`);
  };
  let announced = false;
  applications[0]?.onWrite(announce);
  const latest = async () => (await log.list()).at(-1);
  const ended = until('the failover', FAILOVER_WITHIN_MS, signal, async () => {
    await delay(ASK_EVERY_MS, undefined, { signal });
    const execution = await latest();
    // Clients that go by DNS come later than the workflow ends.
    const over =
      execution?.status === 'SUCCEEDED' ? announced : execution !== undefined && execution.status !== 'RUNNING';
    return over ? execution : undefined;
  });
  return ended.catch(async (error: unknown) => {
    if (!(error instanceof DeadlineMissed)) throw error;
    // The report says what did not come.
    live.say(error.message);
    return (await latest()) ?? null;
  });
}

/** Waits three times as long as a detection takes: what has not begun by then does not begin. */
async function watchNothing(log: ExecutionLog, options: DrillOptions, scenario: Scenario, signal: AbortSignal) {
  await delay(3 * theoreticalDetectionMs(options, scenario.silent) + 3_000, undefined, { signal });
  return (await log.list()).at(-1) ?? null;
}

/** What monitors say of the primary, each state that is entered, and what goes wrong anywhere. */
function tellEvents(live: Live): CloudListener {
  const verdict = `${topology.CLUSTER}: `;
  return (event) => {
    if (event.type === 'fault') live.say(`fault of the lab itself: ${messageOf(event.error)}`);
    if (event.type === 'history') {
      const state = event.event.stateEnteredEventDetails?.name;
      if (state !== undefined && !state.endsWith('?')) live.happened(event.event.timestamp?.getTime() ?? 0, state);
    }
    if (event.type !== 'log') return;
    if (event.stream === 'stderr') live.say(`${event.functionName}: ${event.line}`);
    else if (event.line.startsWith(verdict)) live.happened(Date.now(), `monitor: ${event.line.slice(verdict.length)}`);
  };
}
