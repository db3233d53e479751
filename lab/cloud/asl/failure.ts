/**
 * @module How states fail, and which failures a `Retry` or `Catch` clause matches.
 *
 * Guarantees: a failure carries the error name and cause that the service reports; `States.Runtime` is matched by
 * nothing, `States.ALL` and `States.TaskFailed` leave out what the service's guide leaves out.
 */
import type { JsonObject } from './json.ts';

/** The error names that the interpreter itself raises. */
export const ErrorName = {
  all: 'States.ALL',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  runtime: 'States.Runtime',
  dataLimitExceeded: 'States.DataLimitExceeded',
  queryEvaluationError: 'States.QueryEvaluationError',
} as const;

/** What a resource throws when its work failed: the task fails with this name and cause. */
export class TaskError extends Error {
  readonly error: string;
  override readonly cause: string | undefined;

  constructor(error: string, cause?: string) {
    super(cause === undefined ? error : `${error}: ${cause}`);
    this.name = 'TaskError';
    this.error = error;
    this.cause = cause;
  }
}

/** A state failed. A `Fail` state may give neither a name nor a cause. */
export class StateFailure extends Error {
  readonly error: string | undefined;
  override readonly cause: string | undefined;
  /** The failure is a missed heartbeat, which `States.HeartbeatTimeout` matches as well as `States.Timeout`. */
  readonly missedHeartbeat: boolean;

  constructor(error: string | undefined, cause?: string, missedHeartbeat = false) {
    super([error, cause].filter((part) => part !== undefined).join(': '));
    this.name = 'StateFailure';
    this.error = error;
    this.cause = cause;
    this.missedHeartbeat = missedHeartbeat;
  }
}

/** The work was given up because a sibling failed or the execution ended. It is nobody's failure and nothing records it. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

/** The failure as `$states.errorOutput`: both fields are there, even for a timeout, which has no cause. */
export function errorOutput(failure: StateFailure): JsonObject {
  return { Error: failure.error ?? '', Cause: failure.cause ?? '' };
}

/** Whether one of the names of an `ErrorEquals` matches the failure. */
export function matchesError(errorEquals: readonly string[], failure: StateFailure): boolean {
  // The guide: this error is not retriable and always fails the execution, even when it is named.
  if (failure.error === ErrorName.runtime) return false;
  return errorEquals.some((name) => matchesName(name, failure));
}

function matchesName(name: string, failure: StateFailure): boolean {
  const isTerminal = failure.error === ErrorName.dataLimitExceeded;
  if (name === ErrorName.all) return !isTerminal;
  if (name === ErrorName.taskFailed) return !isTerminal && failure.error !== ErrorName.timeout;
  if (name === ErrorName.heartbeatTimeout && failure.missedHeartbeat) return true;
  return name === failure.error;
}
