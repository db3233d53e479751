/**
 * @module `Task`: has a resource do some work.
 *
 * Guarantees: a task ends at the latest when its `TimeoutSeconds` or `HeartbeatSeconds` are over, whatever its resource
 * does; the arguments and the result keep to the payload quota.
 */
import type { StateOf } from '../definition.ts';
import { ErrorName, StateFailure, TaskError } from '../failure.ts';
import { exceedsPayloadQuota, toJson, type Json } from '../json.ts';
import type { TaskInProgress } from '../ports.ts';
import { withHandlers } from '../handlers.ts';
import type { StateEntry, StateOutcome } from '../state-entry.ts';
import { taskEvents, type TaskEvents, type TimeLimits } from './task-events.ts';

export function runTask(state: StateOf<'Task'>, entry: StateEntry): Promise<StateOutcome> {
  return withHandlers(state, entry, async () => {
    const result = await callResource(state, entry);
    return entry.outcome(state, result, { result });
  });
}

async function callResource(state: StateOf<'Task'>, entry: StateEntry): Promise<Json> {
  const { thread } = entry;
  const args = state.Arguments === undefined ? entry.input : await entry.evaluate(state.Arguments, 'Arguments');
  const limits = await timeLimits(state, entry);
  const events = taskEvents(state.Resource, entry.execution.awsRegion);
  if (exceedsPayloadQuota(args)) {
    const cause = `The state/task '${entry.name}' has arguments with a size exceeding the maximum number of bytes service limit.`;
    throw entry.failure(ErrorName.dataLimitExceeded, cause);
  }
  thread.record(...events.scheduled(args, limits));
  thread.record(...events.started());
  try {
    const result = await invokeInTime(state, entry, args, { limits, events });
    thread.record(...events.succeeded(result));
    return result;
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    thread.record(...(error.error === ErrorName.timeout ? events.timedOut(error) : events.failed(error)));
    throw error;
  }
}

async function timeLimits(state: StateOf<'Task'>, entry: StateEntry): Promise<TimeLimits> {
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  return {
    ...(timeout === undefined ? {} : { timeoutInSeconds: await entry.evaluateInteger(timeout, 'TimeoutSeconds', 1) }),
    ...(heartbeat === undefined
      ? {}
      : { heartbeatInSeconds: await entry.evaluateInteger(heartbeat, 'HeartbeatSeconds', 1) }),
  };
}

async function invokeInTime(
  state: StateOf<'Task'>,
  entry: StateEntry,
  args: Json,
  { limits, events }: { readonly limits: TimeLimits; readonly events: TaskEvents },
): Promise<Json> {
  const { ports } = entry.execution;
  // Nothing is begun for an execution that was stopped as it scheduled the task.
  entry.thread.assertWanted();
  const { timeoutInSeconds = Infinity, heartbeatInSeconds = Infinity } = limits;
  // A request-response resource has no way to send a heartbeat, so the first missing one is the end.
  const limitMs = Math.min(timeoutInSeconds, heartbeatInSeconds) * 1000;
  const over = entry.thread.untilUnwanted();
  const timeout = new Promise<never>((_resolve, reject) => {
    if (limitMs === Infinity) return;
    const missedHeartbeat = heartbeatInSeconds < timeoutInSeconds;
    const expire = () => reject(new StateFailure(ErrorName.timeout, undefined, missedHeartbeat));
    // The sleep rejects when the answer came first or nobody wants it: then there is nothing to expire.
    ports.clock.sleep(limitMs, over.signal).then(expire, () => {});
  });
  try {
    const submitted = (output: Json) => {
      if (!over.signal.aborted) entry.thread.record(...events.submitted(output));
    };
    const work = invoke(state, entry, args, { signal: over.signal, submitted });
    const result = await entry.thread.whileWanted(Promise.race([work, timeout]));
    if (!exceedsPayloadQuota(result)) return result;
    const cause = `The state/task '${events.resourceType}' returned a result with a size exceeding the maximum number of bytes service limit.`;
    throw new StateFailure(ErrorName.dataLimitExceeded, cause);
  } finally {
    over.end();
  }
}

async function invoke(
  { Resource }: StateOf<'Task'>,
  entry: StateEntry,
  args: Json,
  task: TaskInProgress,
): Promise<Json> {
  try {
    return toJson(await entry.execution.ports.invoke(Resource, args, task));
  } catch (error) {
    throw taskFailure(error);
  }
}

function taskFailure(error: unknown): StateFailure {
  if (error instanceof TaskError) return new StateFailure(error.error, error.cause);
  return new StateFailure(ErrorName.taskFailed, error instanceof Error ? error.message : String(error));
}
