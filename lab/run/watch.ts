/**
 * Waits until a run has come to its end, whatever that is.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterState } from '../../lib/core/state.ts';
import type { Application } from './application/application.ts';
import type { WriteRecord } from './application/protocol.ts';
import type { Executions, ExecutionSummary } from './executions.ts';
import type { Lab } from './lab.ts';
import type { Live } from './live.ts';
import { DeadlineMissed, until } from './until.ts';

const FAILOVER_WITHIN_MS = 120_000;
const REOPENING_WITHIN_MS = 60_000;
/** Asking costs the machine that is being measured. */
const ASK_EVERY_MS = 250;

/** What may not be taken for an end: an execution that was stopped to be redriven, or that is about to be started. */
export interface Meddling {
  readonly isBusy: boolean;
  /** Grows with each thing that is begun. */
  readonly begun: number;
}

/**
 * Waits until every execution has ended, and a client got through or the cluster is halted. After a refusal or a
 * stand-down the monitors start another.
 *
 * @returns the execution that succeeded, or else the last
 */
export async function watchFailover(options: {
  readonly lab: Lab;
  readonly executions: Executions;
  readonly live: Live;
  readonly applications: readonly Application[];
  readonly oldIdentity: string;
  readonly meddling: Meddling;
  readonly signal: AbortSignal;
}): Promise<ExecutionSummary | null> {
  const { lab, executions, live, applications, oldIdentity, meddling, signal } = options;
  const announce = (write: WriteRecord) => {
    if (announced || write.outcome !== 'acknowledged' || write.server === oldIdentity) return;
    announced = true;
    live.happened(write.doneAtMs, `first write acknowledged by the new primary (server ${write.server})`);
  };
  let announced = false;
  applications[0]?.onWrite(announce);
  const ended = until('the failover', FAILOVER_WITHIN_MS, signal, async () => {
    await delay(ASK_EVERY_MS, undefined, { signal });
    const { begun } = meddling;
    const started = await executions.list();
    if (meddling.isBusy || meddling.begun !== begun) return undefined;
    if (started.some(({ status }) => status === 'RUNNING')) return undefined;
    // Clients that go by DNS come later than the workflow ends.
    const isOver = announced || (await lab.state.read(lab.cluster.id))?.phase === 'halted';
    return isOver ? mainOf(started) : undefined;
  });
  return ended.catch(async (error: unknown) => {
    if (!(error instanceof DeadlineMissed)) throw error;
    // The report says what did not come.
    live.say(error.message);
    return mainOf(await executions.list()) ?? null;
  });
}

function mainOf(started: readonly ExecutionSummary[]): ExecutionSummary | undefined {
  return started.findLast(({ status }) => status === 'SUCCEEDED') ?? started.at(-1);
}

/** Waits until the record is under a newer epoch and no execution runs, or in vain; the report says what did not come. */
export async function watchReopening(
  {
    lab,
    executions,
    live,
    signal,
  }: Pick<Parameters<typeof watchFailover>[0], 'lab' | 'executions' | 'live' | 'signal'>,
  before: ClusterState,
): Promise<ExecutionSummary | null> {
  try {
    await until('the reopening', REOPENING_WITHIN_MS, signal, async () => {
      await delay(ASK_EVERY_MS, undefined, { signal });
      if ((await executions.list()).some(({ status }) => status === 'RUNNING')) return undefined;
      const state = await lab.state.read(lab.cluster.id);
      return state !== null && state.epoch > before.epoch && state.phase !== 'changing' ? true : undefined;
    });
  } catch (error) {
    if (!(error instanceof DeadlineMissed)) throw error;
    live.say(error.message);
  }
  return mainOf(await executions.list()) ?? null;
}

/** Waits so long that what has not begun by then does not begin. */
export async function watchNothing(
  executions: Executions,
  patienceMs: number,
  signal: AbortSignal,
): Promise<ExecutionSummary | null> {
  await delay(patienceMs, undefined, { signal });
  return (await executions.list()).at(-1) ?? null;
}
