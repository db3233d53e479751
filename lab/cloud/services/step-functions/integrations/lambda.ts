/**
 * @module `lambda:invoke`, and a function's ARN as the resource.
 *
 * Guarantees: an error of the function is the task's error under its own type, an error of the API one under `Lambda`.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { TaskError } from '../../../asl/failure.ts';
import { isJsonObject, type Json } from '../../../asl/json.ts';
import type { FunctionAnswer, FunctionInvocation, IntegrationPorts, TaskCaller } from './ports.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { OPTIMIZED_NAMES } from './services.ts';
import { apiCall, checkedArguments } from './task-errors.ts';

const invokeArguments = z.strictObject({
  FunctionName: z.string().min(1),
  Payload: z.json().optional(),
  InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).optional(),
  Qualifier: z.string().optional(),
});

export async function invokeFunction(ports: IntegrationPorts, args: Json, caller: TaskCaller): Promise<Json> {
  const { FunctionName, Payload, InvocationType, Qualifier } = checkedArguments(invokeArguments, args);
  const answer = await successful(ports, {
    functionName: FunctionName,
    qualifier: Qualifier,
    invocationType: InvocationType ?? 'RequestResponse',
    payload: Payload ?? {},
    ...caller,
  });
  const version = answer.executedVersion ?? '$LATEST';
  const payload = answer.payload ?? {};
  return {
    ExecutedVersion: version,
    Payload: payload,
    ...sdkMetadata({
      requestId: randomUUID(),
      contentType: 'application/json',
      body: JSON.stringify(payload),
      headers: { 'X-Amz-Executed-Version': version, 'x-amzn-Remapped-Content-Length': '0' },
    }),
    StatusCode: answer.statusCode,
  };
}

/** The arguments are the payload, and the payload that comes back is the result. */
export async function invokeByArn(
  ports: IntegrationPorts,
  functionArn: string,
  args: Json,
  caller: TaskCaller,
): Promise<Json> {
  const { payload } = await successful(ports, {
    functionName: functionArn,
    qualifier: undefined,
    invocationType: 'RequestResponse',
    payload: args,
    ...caller,
  });
  return payload ?? null;
}

async function successful(ports: IntegrationPorts, invocation: FunctionInvocation): Promise<FunctionAnswer> {
  const answer = await apiCall(OPTIMIZED_NAMES.lambda, 'optimized', () => ports.invokeFunction(invocation));
  if (answer.functionError !== undefined) throw functionFailure(answer.payload);
  return answer;
}

function functionFailure(payload: Json | undefined): TaskError {
  const errorType = isJsonObject(payload) ? payload.errorType : undefined;
  const cause = JSON.stringify(payload ?? {});
  return new TaskError(typeof errorType === 'string' ? errorType : 'Lambda.Unknown', cause);
}
