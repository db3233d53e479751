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
import type { CloudListener } from '../cloud/events.ts';
import type { LabNetwork } from '../net/network.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import type { Application } from './application/application.ts';
import { executionsOf } from './executions.ts';
import { judge } from './judge.ts';
import type { KillPlan } from './kill-plan.ts';
import { startLab } from './lab.ts';
import type { Live } from './live.ts';
import { Meddler } from './meddler.ts';
import type { DrillOptions } from './options.ts';
import { theoreticalDetectionMs } from './phases.ts';
import type { RunReport } from './report-schema.ts';
import { warmRivals } from './rivals.ts';
import { watchRoute } from './route-watch.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { arrange, makeFault, startApplications } from './stage.ts';
import * as topology from './topology.ts';
import { steady, watchFailover, watchNothing } from './watch.ts';

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
  readonly signal: AbortSignal;
}

const QUIET_AFTER_MS = 500;

export async function runDrill(setting: RunSetting): Promise<RunReport> {
  const { options, live, signal } = setting;
  const scenario: Scenario = SCENARIOS[options.scenario];
  const route = watchRoute(setting.network);
  const { semiSync, apiLatency, stopTimeMs, intervalMs, timeoutMs, failures } = options;
  const meddler = new Meddler({ kills: setting.kills ?? null, rivals: options.rivals, live });
  const lab = await startLab({
    network: route.network,
    build: setting.build,
    directory: setting.directory,
    detection: { intervalMs, timeoutMs, failures },
    semiSync,
    apiLatency,
    stopTimeMs,
    onEvent: tellEvents(live, meddler),
  });
  const { endpointUrl: endpoint, operator: credentials } = lab.cloud;
  const client = new SFNClient({ endpoint, region: topology.REGION, credentials });
  const executions = executionsOf(lab.deployment.outputs['StateMachineArn'] ?? '', client);
  const applications: Application[] = [];
  try {
    applications.push(...startApplications(lab, scenario));
    const { before, oldIdentity } = await steady(lab, applications, signal);
    await arrange(lab, options, signal);
    await warmRivals(lab, options.rivals);
    await delay(Math.random() * options.intervalMs, undefined, { signal });

    const expected = options.blind >= 2 ? 'no-change' : 'failover';
    const facts = { expected, faultAtMs: Date.now(), before, oldIdentity } as const;
    live.fault(facts.faultAtMs, `fault: ${scenario.sentence}`);
    route.startAt(facts.faultAtMs, lab);
    meddler.arm(lab.cloud.stepFunctions, executions);
    await makeFault(lab, scenario, before.primary);
    const execution =
      expected === 'failover'
        ? await watchFailover({ lab, executions, live, applications, oldIdentity, meddling: meddler, signal })
        : await watchNothing(executions, 3 * theoreticalDetectionMs(options, scenario.silent) + 3_000, signal);
    await meddler.settled();
    await delay(QUIET_AFTER_MS, undefined, { signal });
    await Promise.all(applications.map((application) => application.stop(3_000)));
    const writes = applications.flatMap((application) => application.writes);
    const { plan, kills } = meddler;
    const evidence = { lab, executions, options, writes, execution, routeMovedAtMs: route.movedAtMs(), plan, kills };
    setting.onJournal?.(await lab.state.journal(lab.cluster.id, before.epoch + 1));
    return await judge(evidence, facts);
  } finally {
    await Promise.all(applications.map((application) => application.stop(500)));
    route.stop();
    executions.close();
    await lab.close();
  }
}

/** What monitors say of the primary, each state that is entered, and what goes wrong anywhere. */
function tellEvents(live: Live, meddler: Meddler): CloudListener {
  const verdict = `${topology.CLUSTER}: `;
  return (event) => {
    if (event.type === 'fault') live.say(`fault of the lab itself: ${messageOf(event.error)}`);
    if (event.type === 'history') {
      const state = event.event.stateEnteredEventDetails?.name;
      if (state !== undefined && !state.endsWith('?')) live.happened(event.event.timestamp?.getTime() ?? 0, state);
      const { error, cause } = event.event.taskFailedEventDetails ?? event.event.executionFailedEventDetails ?? {};
      if (error !== undefined)
        live.happened(event.event.timestamp?.getTime() ?? 0, `  failed: ${error}: ${cause ?? ''}`);
      meddler.hear(event.executionArn, event.event);
    }
    if (event.type !== 'log') return;
    if (event.stream === 'stderr') live.say(`${event.functionName}: ${event.line}`);
    else if (event.line.startsWith(verdict)) live.happened(Date.now(), `monitor: ${event.line.slice(verdict.length)}`);
  };
}
