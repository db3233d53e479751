/**
 * @module `Task`: has a resource do some work.
 *
 * Guarantees: a task ends at the latest when its `TimeoutSeconds` or `HeartbeatSeconds` are over, whatever its resource
 * does; the arguments and the result keep to the payload quota.
 */
import type { StateOf } from '../definition.ts';
import { ErrorName, StateFailure, TaskError } from '../failure.ts';
import { failureDetails, outputDetails } from '../history.ts';
import { exceedsPayloadQuota, toJson, type Json } from '../json.ts';
import { withHandlers } from '../handlers.ts';
import type { StateEntry, StateOutcome } from '../state-entry.ts';

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
  const resource = resourceDetails(state.Resource);
  if (exceedsPayloadQuota(args)) {
    const cause = `The state/task '${entry.name}' has arguments with a size exceeding the maximum number of bytes service limit.`;
    throw entry.failure(ErrorName.dataLimitExceeded, cause);
  }
  thread.record('TaskScheduled', {
    taskScheduledEventDetails: {
      ...resource,
      region: entry.execution.awsRegion,
      parameters: JSON.stringify(args),
      ...limits,
    },
  });
  thread.record('TaskStarted', { taskStartedEventDetails: resource });
  try {
    const result = await invokeInTime(state, entry, args, limits);
    thread.record('TaskSucceeded', { taskSucceededEventDetails: { ...resource, ...outputDetails(result) } });
    return result;
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    const details = { ...resource, ...failureDetails(error) };
    if (error.error === ErrorName.timeout) thread.record('TaskTimedOut', { taskTimedOutEventDetails: details });
    else thread.record('TaskFailed', { taskFailedEventDetails: details });
    throw error;
  }
}

interface TimeLimits {
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
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

async function invokeInTime(state: StateOf<'Task'>, entry: StateEntry, args: Json, limits: TimeLimits): Promise<Json> {
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
    return await entry.thread.whileWanted(Promise.race([invoke(state, entry, args, over.signal), timeout]));
  } finally {
    over.end();
  }
}

async function invoke(state: StateOf<'Task'>, entry: StateEntry, args: Json, signal: AbortSignal): Promise<Json> {
  let result: Json;
  try {
    result = toJson(await entry.execution.ports.invoke(state.Resource, args, signal));
  } catch (error) {
    throw taskFailure(error);
  }
  if (!exceedsPayloadQuota(result)) return result;
  const { resourceType } = resourceDetails(state.Resource);
  const cause = `The state/task '${resourceType}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  throw new StateFailure(ErrorName.dataLimitExceeded, cause);
}

function taskFailure(error: unknown): StateFailure {
  if (error instanceof TaskError) return new StateFailure(error.error, error.cause);
  return new StateFailure(ErrorName.taskFailed, error instanceof Error ? error.message : String(error));
}

/** `arn:aws:states:::lambda:invoke` is the resource `invoke` of the type `lambda`. */
function resourceDetails(resource: string): { resource: string; resourceType: string } {
  const [resourceType = '', ...action] = resource.split(':').slice(5);
  return { resource: action.join(':'), resourceType };
}
