/**
 * @module Runs one execution of a state machine, from its start or from where an earlier run of it ended.
 *
 * Guarantees: an execution ends in one of the four statuses and its last event says which; after that nothing of it runs
 * on or records anything, and a redrive may begin. It never throws for what a definition, a task or a caller does.
 */
import { Checkpoint } from './checkpoint.ts';
import type { StateMachineDefinition } from './definition.ts';
import type { Execution } from './execution.ts';
import { Abandoned, ErrorName, StateFailure } from './failure.ts';
import { failureDetails, History, inputDetails, outputDetails } from './history.ts';
import type { Json, JsonObject } from './json.ts';
import { ENDED } from './linked-signal.ts';
import { StopRequest, type ExecutionRequest, type ExecutionResult, type Progress } from './ports.ts';
import { runRegion } from './region.ts';
import { Thread } from './thread.ts';

/** What an execution has done before it starts: nothing. */
export function newProgress(
  definition: StateMachineDefinition,
  { input, ports }: Pick<ExecutionRequest, 'input' | 'ports'>,
): Progress {
  return {
    checkpoint: new Checkpoint(definition, input),
    history: new History(ports.clock, (event) => ports.onEvent(event)),
  };
}

/**
 * @param definition as `parseDefinition` gives it
 * @example
 * const result = await execute(definition, { input: { epoch: 7 }, context, ports });
 * if (result.status === 'SUCCEEDED') console.log(result.output);
 */
export async function execute(definition: StateMachineDefinition, request: ExecutionRequest): Promise<ExecutionResult> {
  const { ports } = request;
  const { checkpoint, history } = request.progress ?? newProgress(definition, request);
  const ended = new AbortController();
  const previousEventId = recordStart(history, request);
  const thread = new Thread({ history, checkpoint, signal: ended.signal, previousEventId });
  const awsRegion = request.context.Execution.Id.split(':')[3] ?? '';
  const execution: Execution = { ports, context: executionContext(request), awsRegion, runRegion };

  // The way to stop it stands before anything runs.
  const stopped = stop(request.signal, ended);
  const result = await Promise.race([
    stopped,
    finish(runRegion(definition, thread, execution)),
    timeOut(definition.TimeoutSeconds, request, ended),
  ]);
  ended.abort(ENDED);
  recordResult(history, thread.lastEventId, result);
  return result;
}

/** Returns the event that the first one of the run refers to. */
function recordStart(history: History, { input, context: { Execution } }: ExecutionRequest): number {
  if (history.lastEventId === 0) {
    history.record(0, 'ExecutionStarted', {
      executionStartedEventDetails: { ...inputDetails(input), roleArn: Execution.RoleArn },
    });
    return 0;
  }
  return history.record(history.lastEventId, 'ExecutionRedriven', {
    executionRedrivenEventDetails: { redriveCount: Execution.RedriveCount },
  });
}

function executionContext({ context, input }: ExecutionRequest): JsonObject {
  const { Id, StartTime, Name, RoleArn, RedriveCount = 0, RedriveTime } = context.Execution;
  // In the service's order, which shows in what a state gives of it.
  return {
    Execution: {
      Id,
      Input: input,
      StartTime,
      Name,
      RoleArn,
      RedriveCount,
      ...(RedriveTime === undefined ? {} : { RedriveTime }),
    },
    StateMachine: { Id: context.StateMachine.Id, Name: context.StateMachine.Name },
  };
}

async function finish(run: Promise<Json>): Promise<ExecutionResult> {
  try {
    return { status: 'SUCCEEDED', output: await run };
  } catch (error) {
    if (error instanceof StateFailure) return { status: 'FAILED', ...failureDetails(error) };
    // Given up: what ended the execution has won the race already.
    if (error instanceof Abandoned) return new Promise(() => {});
    const cause = error instanceof Error ? error.message : String(error);
    return { status: 'FAILED', error: ErrorName.runtime, cause };
  }
}

async function timeOut(
  seconds: number | undefined,
  { ports }: ExecutionRequest,
  ended: AbortController,
): Promise<ExecutionResult> {
  const never = new Promise<never>(() => {});
  if (seconds === undefined) return never;
  try {
    await ports.clock.sleep(seconds * 1000, ended.signal);
  } catch {
    return never;
  }
  ended.abort(ENDED);
  return { status: 'TIMED_OUT' };
}

function stop(signal: AbortSignal | undefined, ended: AbortController): Promise<ExecutionResult> {
  return new Promise((resolve) => {
    const end = () => {
      ended.abort(ENDED);
      const reason: unknown = signal?.reason;
      resolve({ status: 'ABORTED', ...(reason instanceof StopRequest ? failureDetails(reason) : {}) });
    };
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true, signal: ended.signal });
  });
}

/** An end from outside refers to no event of the machine. */
function recordResult(history: History, lastEventId: number, result: ExecutionResult): void {
  switch (result.status) {
    case 'SUCCEEDED': {
      const details = outputDetails(result.output);
      return history.recordEnd(lastEventId, 'ExecutionSucceeded', { executionSucceededEventDetails: details });
    }
    case 'FAILED': {
      const details = failureDetails(result);
      return history.recordEnd(lastEventId, 'ExecutionFailed', { executionFailedEventDetails: details });
    }
    case 'TIMED_OUT': {
      const details = { error: ErrorName.timeout };
      return history.recordEnd(0, 'ExecutionTimedOut', { executionTimedOutEventDetails: details });
    }
    case 'ABORTED': {
      const details = failureDetails(result);
      return history.recordEnd(0, 'ExecutionAborted', { executionAbortedEventDetails: details });
    }
  }
}
