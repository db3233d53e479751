/**
 * Starts the workflow, once for all monitors: those that see the same thing use the same name.
 *
 * @module
 */
import { executionName, type ClusterState } from '../../lib/core/state.ts';
import type { MonitorContext } from './context.ts';

/** Starts an execution for the next epoch, and says why in the log. Rejects with `CloudError`. */
export type Starter = (state: ClusterState, because: string) => Promise<void>;

/**
 * Before an execution that ended without taking the lock is tried again under another name, in milliseconds: whoever
 * redrives it within this goes on with it.
 */
const RETRY_START_MS = 10_000;

export function starter(context: MonitorContext): Starter {
  const { clock, executions, monitor, state: store } = context;
  /** The name of an execution that is over, and since when that is known. */
  let usedUp: { readonly name: string; readonly sinceMs: number } | null = null;

  return async (state, because) => {
    const name = executionName(state);
    const trigger = { kind: 'monitor', monitor: monitor.id, epoch: state.epoch };
    const started = await executions.start(name, { cluster: state.cluster, mode: 'failover', trigger });
    if (started === 'started') context.log(`started ${name}: ${because}`);
    const nowMs = clock.now();
    if (started !== 'already-ended') usedUp = null;
    else if (usedUp?.name !== name) usedUp = { name, sinceMs: nowMs };
    else if (nowMs - usedUp.sinceMs >= RETRY_START_MS) await store.countAttempt(state, nowMs);
  };
}
