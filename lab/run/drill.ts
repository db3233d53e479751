/**
 * One run of a drill: a lab is built, applications write, a fault is made, and what follows is watched, measured and
 * checked. Everything that the run started is gone when it ends.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SFNClient } from '@aws-sdk/client-sfn';
import { messageOf } from '../../lib/core/errors.ts';
import type { JournalEvent } from '../../lib/core/journal.ts';
import type { LabNetwork } from '../net/network.ts';
import { nothingToUndo } from '../mysql/faults/undo.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import type { Application } from './application/application.ts';
import { awsFaultRules } from './aws-faults.ts';
import { executionsOf, type ExecutionSummary } from './executions.ts';
import { judge } from './judge.ts';
import type { KillPlan } from './kill-plan.ts';
import { startLab, type Lab } from './lab.ts';
import type { Live } from './live.ts';
import { Meddler } from './meddler.ts';
import type { DrillOptions } from './options.ts';
import { MonitorLog } from './monitor-log.ts';
import { theoreticalDetectionMs } from './phases.ts';
import type { RunReport } from './report-schema.ts';
import { warmRivals } from './rivals.ts';
import { watchRoute } from './route-watch.ts';
import { SCENARIOS } from './scenarios/catalogue.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { arrange, makeFault, startApplications } from './stage.ts';
import type { Synthesizer } from './synthesis/synthesizer.ts';
import { tellEvents } from './tell-events.ts';
import * as topology from './topology.ts';
import { steady } from './steady.ts';
import { watchFailover, watchNothing, watchReopening } from './watch.ts';
import { wellAgain, type Wellness } from './well-again.ts';

export interface RunSetting {
  readonly options: DrillOptions;
  /** @default null: nothing is killed */
  readonly kills?: KillPlan | null;
  readonly network: LabNetwork;
  readonly build: EngineBuild;
  readonly directory: string;
  readonly live: Live;
  /** Takes the journal of the change at the end; empty when there was none.  @default nobody does */
  readonly onJournal?: (events: readonly JournalEvent[]) => void;
  /** @default - one of its own */
  readonly synthesizer?: Synthesizer;
  readonly signal: AbortSignal;
}

const QUIET_AFTER_MS = 500;

export async function runDrill(setting: RunSetting): Promise<RunReport> {
  const { options, live, signal } = setting;
  const scenario: Scenario = SCENARIOS[options.scenario];
  const route = watchRoute(setting.network);
  const { semiSync, apiLatency, stopTimeMs, intervalMs, timeoutMs, failures, writeDeadlineSeconds } = options;
  const monitorLog = new MonitorLog(topology.CLUSTER);
  const meddler = new Meddler({ kills: setting.kills ?? null, rivals: options.rivals, live });
  const denials = new Set<string>();
  const lab = await startLab({
    network: route.network,
    build: setting.build,
    directory: setting.directory,
    ...(setting.synthesizer !== undefined && { synthesizer: setting.synthesizer }),
    detection: { intervalMs, timeoutMs, failures, writeDeadlineSeconds },
    zones: scenario.zones,
    primaryVolume: scenario.volume,
    semiSync,
    apiLatency,
    stopTimeMs,
    onEvent: tellEvents(live, { meddler, monitorLog, denials }),
  });
  const { endpointUrl: endpoint, operator: credentials } = lab.cloud;
  const client = new SFNClient({ endpoint, region: topology.REGION, credentials });
  const executions = executionsOf(lab.deployment.outputs['StateMachineArn'] ?? '', client);
  const applications: Application[] = [];
  let undo = nothingToUndo;
  try {
    applications.push(...startApplications(lab, scenario));
    const { before, oldIdentity } = await steady(lab, applications, signal);
    await arrange(lab, options, signal);
    await warmRivals(lab, options.rivals);
    await delay(Math.random() * options.intervalMs, undefined, { signal });

    const expected = options.blind >= 2 ? 'no-change' : scenario.leadsTo;
    const facts = { expected, faultAtMs: Date.now(), before, oldIdentity } as const;
    live.fault(facts.faultAtMs, `fault: ${scenario.sentence}`);
    route.startAt(facts.faultAtMs, lab);
    meddler.arm(lab.cloud.stepFunctions, executions);
    undo = await makeFault(lab, scenario, before.primary, awsFaultRules(options, scenario));
    let execution: ExecutionSummary | null;
    let wellness: Wellness | null = null;
    if (expected === 'failover') {
      execution = await watchFailover({ lab, executions, live, applications, oldIdentity, meddling: meddler, signal });
    } else if (expected === 'reopened') {
      execution = await watchReopening({ lab, executions, live, signal }, before);
    } else {
      const patienceMs = 3 * theoreticalDetectionMs(options, scenario.symptom) + 3_000;
      execution = await watchNothing(executions, options.forMs ?? patienceMs, signal);
    }
    if (options.forMs !== null || expected === 'reopened') {
      await undo();
      live.happened(Date.now(), 'the fault is over');
      const sickness = scenario.staysSick[options.engine];
      const stays = sickness !== undefined && (options.forMs ?? 0) >= sickness.afterMs;
      if (stays) live.happened(Date.now(), sickness.because);
      else wellness = await wellAgain(lab, applications, signal);
    }
    await meddler.settled();
    await delay(QUIET_AFTER_MS, undefined, { signal });
    await Promise.all(applications.map((application) => application.stop(3_000)));
    const writes = applications.flatMap((application) => application.writes);
    const { plan, kills } = meddler;
    const evidence = {
      lab,
      executions,
      options,
      writes,
      execution,
      routeMovedAtMs: route.movedAtMs(),
      plan,
      kills,
      monitorLog,
      // Blind monitors tell of other problems.
      problemsWanted: options.blind >= 2 ? [] : scenario.problems,
      expectedRoute: options.failVip ? 'dns' : scenario.route,
      wellness,
      denials: [...denials],
    };
    await assertNobodyElseDied(lab, before.primary);
    setting.onJournal?.(await lab.state.journal(lab.cluster.id, before.epoch + 1));
    const { calls, ms } = lab.cloud.access.cost;
    live.say(`IAM judged ${calls} calls, ${Math.round((1_000 * ms) / Math.max(calls, 1))} µs each`);
    return await judge(evidence, facts);
  } finally {
    // What can't be undone any more, since its server is gone, must not hide what went wrong before.
    await undo().catch((error: unknown) => live.say(`the fault could not be undone: ${messageOf(error)}`));
    await Promise.all(applications.map((application) => application.stop(500)));
    route.stop();
    executions.close();
    await lab.close();
  }
}

/** A server that ended by itself is a finding of its own, and no outcome of the scenario. */
async function assertNobodyElseDied(lab: Lab, primary: string): Promise<void> {
  for (const [name, server] of lab.servers) {
    if (name === primary || server.pid !== undefined) continue;
    throw new Error(
      `the server on ${name} ended, although nobody ended it; its log ends with:\n${await server.log(40)}`,
    );
  }
}
