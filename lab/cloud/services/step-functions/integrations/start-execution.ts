/**
 * @module `states:startExecution`, alone or with the wait for the execution's end.
 *
 * Guarantees: with `.sync` the task ends as the execution does, and an execution whose task nobody waits for any more is
 * stopped.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ErrorName, TaskError } from '../../../asl/failure.ts';
import type { Json, JsonObject } from '../../../asl/json.ts';
import { toPascalCase } from './pascal-case.ts';
import type { IntegrationPorts, TaskCaller } from './ports.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { OPTIMIZED_NAMES, type Pattern } from './services.ts';
import { apiCall, checkedArguments } from './task-errors.ts';

const startArguments = z.strictObject({
  StateMachineArn: z.string().min(1),
  Name: z.string().optional(),
  Input: z.json().optional(),
});

const started = z.object({ executionArn: z.string(), startDate: z.number() });

export async function startExecution(
  ports: IntegrationPorts,
  args: Json,
  pattern: Pattern,
  caller: TaskCaller,
): Promise<Json> {
  const { StateMachineArn, Name, Input } = checkedArguments(startArguments, args);
  const call = (action: string, input: JsonObject) =>
    apiCall(OPTIMIZED_NAMES.states, 'optimized', () => ports.call({ ...caller, service: 'states', action, input }));
  const answer = await call('StartExecution', {
    stateMachineArn: StateMachineArn,
    ...(Name !== undefined && { name: Name }),
    ...(Input !== undefined && { input: inputText(Input) }),
  });
  const { executionArn, startDate } = started.parse(answer);
  const response = {
    ExecutionArn: executionArn,
    ...sdkMetadata({
      requestId: randomUUID(),
      contentType: 'application/x-amz-json-1.0',
      body: JSON.stringify(answer),
    }),
    StartDate: milliseconds(startDate),
  };
  if (pattern === 'request') return response;

  caller.submitted(response);
  const abandoned = () => void call('StopExecution', { executionArn }).catch(() => undefined);
  if (caller.signal.aborted) abandoned();
  else caller.signal.addEventListener('abort', abandoned, { once: true });
  // The end is never missed: who asks for it after it has come is told at once.
  await ports.executionEnded(executionArn);
  caller.signal.removeEventListener('abort', abandoned);
  return result(await call('DescribeExecution', { executionArn }), pattern);
}

/** Text that is JSON already goes as it is. */
function inputText(input: Json): string {
  if (typeof input !== 'string') return JSON.stringify(input);
  try {
    JSON.parse(input);
    return input;
  } catch {
    return JSON.stringify(input);
  }
}

/** @throws TaskError `States.TaskFailed` with the whole description as its cause, unless the execution succeeded */
function result(description: JsonObject, pattern: Pattern): Json {
  const { startDate, stopDate, ...rest } = description;
  const envelope = toPascalCase({
    ...rest,
    startDate: milliseconds(Number(startDate)),
    stopDate: milliseconds(Number(stopDate)),
  }) as JsonObject;
  if (envelope.Status !== 'SUCCEEDED') throw new TaskError(ErrorName.taskFailed, JSON.stringify(envelope));
  if (pattern === 'sync') return envelope;
  return { ...envelope, Input: parsed(envelope.Input), Output: parsed(envelope.Output) };
}

function parsed(text: Json | undefined): Json {
  return typeof text === 'string' ? (JSON.parse(text) as Json) : null;
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
