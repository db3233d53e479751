/**
 * @module Runs one execution of a state machine.
 *
 * Guarantees: an execution ends in one of the four statuses and its last event says which; after that nothing of it runs
 * on or records anything. It never throws for what a definition, a task or a caller does.
 */
import type { StateMachineDefinition } from './definition.ts';
import type { Execution } from './execution.ts';
import { Abandoned, ErrorName, StateFailure } from './failure.ts';
import { failureDetails, History, inputDetails, outputDetails } from './history.ts';
import type { Json, JsonObject } from './json.ts';
import { StopRequest, type ExecutionRequest, type ExecutionResult } from './ports.ts';
import { runRegion } from './region.ts';
import { Thread } from './thread.ts';
import { VariableScope } from './variable-scope.ts';

/**
 * @param definition as `parseDefinition` gives it
 * @example
 * const result = await execute(definition, { input: { epoch: 7 }, context, ports });
 * if (result.status === 'SUCCEEDED') console.log(result.output);
 */
export async function execute(definition: StateMachineDefinition, request: ExecutionRequest): Promise<ExecutionResult> {
  const { ports } = request;
  const history = new History(ports.clock, (event) => ports.onEvent(event));
  const ended = new AbortController();
  const thread = new Thread({ history, scope: new VariableScope(), signal: ended.signal, previousEventId: 0 });
  const awsRegion = request.context.Execution.Id.split(':')[3] ?? '';
  const execution: Execution = { ports, context: executionContext(request), awsRegion, runRegion };

  history.record(0, 'ExecutionStarted', {
    executionStartedEventDetails: { ...inputDetails(request.input), roleArn: request.context.Execution.RoleArn },
  });
  const result = await Promise.race([
    finish(runRegion(definition, request.input, thread, execution)),
    timeOut(definition.TimeoutSeconds, request, ended),
    stop(request.signal, ended),
  ]);
  ended.abort();
  recordResult(history, thread.lastEventId, result);
  return result;
}

function executionContext({ context, input }: ExecutionRequest): JsonObject {
  const { Execution, StateMachine } = context;
  return {
    Execution: { ...Execution, Input: input, RedriveCount: Execution.RedriveCount ?? 0 },
    StateMachine: { ...StateMachine },
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
  ended.abort();
  return { status: 'TIMED_OUT' };
}

function stop(signal: AbortSignal | undefined, ended: AbortController): Promise<ExecutionResult> {
  return new Promise((resolve) => {
    const end = () => {
      ended.abort();
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
