/**
 * @module The resources of a `Task` that the lab runs: `lambda:invoke` and `sns:publish`.
 *
 * Guarantees: arguments, results and errors have the form of the service's optimized integrations: an error of the function
 * is the task's error under its own type, an error of the API one under the name of the service.
 */
import { z } from 'zod';
import { ErrorName, TaskError } from '../../asl/failure.ts';
import { isJsonObject, type Json } from '../../asl/json.ts';

export const SUPPORTED_RESOURCES = ['arn:aws:states:::lambda:invoke', 'arn:aws:states:::sns:publish'] as const;

/** On whose behalf a task calls, and for how long anybody waits for the answer. */
export interface TaskCaller {
  readonly roleArn: string;
  /** Aborts when nobody waits any more. The call itself must go on: no function stops because its caller went away. */
  readonly signal: AbortSignal;
}

/** Runs the resource of a task. @throws TaskError with the name and cause that the task fails with */
export type InvokeResource = (resource: string, args: Json, caller: TaskCaller) => Promise<unknown>;

export interface FunctionInvocation extends TaskCaller {
  /** A name, a partial ARN or an ARN. */
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly invocationType: 'RequestResponse' | 'Event' | 'DryRun';
  readonly payload: Json;
}

export interface FunctionAnswer {
  readonly statusCode: number;
  /** @default '$LATEST' */
  readonly executedVersion?: string;
  /** What the function returned, or with `functionError` its error as `{ errorType, errorMessage, trace }`. */
  readonly payload?: Json;
  readonly functionError?: 'Handled' | 'Unhandled';
}

export interface Publication extends TaskCaller {
  readonly topicArn: string;
  readonly message: string;
  readonly subject: string | undefined;
  readonly messageAttributes: Json | undefined;
}

/** The services behind the integrations. An error that they throw is named after the API's exception. */
export interface IntegrationPorts {
  invokeFunction(invocation: FunctionInvocation): Promise<FunctionAnswer>;
  publish(publication: Publication): Promise<{ readonly messageId: string }>;
}

const invokeArguments = z.strictObject({
  FunctionName: z.string().min(1),
  Payload: z.json().optional(),
  InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).optional(),
  Qualifier: z.string().optional(),
});

const publishArguments = z.strictObject({
  TopicArn: z.string().min(1),
  Message: z.json(),
  Subject: z.string().optional(),
  MessageAttributes: z.json().optional(),
});

export function isSupportedResource(resource: string): boolean {
  return SUPPORTED_RESOURCES.some((supported) => supported === resource);
}

export function serviceIntegrations(ports: IntegrationPorts): InvokeResource {
  return async (resource, args, caller) => {
    switch (resource) {
      case 'arn:aws:states:::lambda:invoke':
        return invoke(ports, args, caller);
      case 'arn:aws:states:::sns:publish':
        return publish(ports, args, caller);
      default: {
        const cause = `The lab has no resource '${resource}'; it runs ${SUPPORTED_RESOURCES.join(' and ')}`;
        throw new TaskError('NotImplemented', cause);
      }
    }
  };
}

async function invoke(ports: IntegrationPorts, args: Json, caller: TaskCaller): Promise<Json> {
  const { FunctionName, Payload, InvocationType, Qualifier } = checked(invokeArguments, args);
  const answer = await apiCall('Lambda', () =>
    ports.invokeFunction({
      functionName: FunctionName,
      qualifier: Qualifier,
      invocationType: InvocationType ?? 'RequestResponse',
      payload: Payload ?? {},
      ...caller,
    }),
  );
  if (answer.functionError !== undefined) throw functionFailure(answer.payload);
  return {
    ExecutedVersion: answer.executedVersion ?? '$LATEST',
    Payload: answer.payload ?? {},
    StatusCode: answer.statusCode,
  };
}

function functionFailure(payload: Json | undefined): TaskError {
  const errorType = isJsonObject(payload) ? payload.errorType : undefined;
  const cause = JSON.stringify(payload ?? {});
  return new TaskError(typeof errorType === 'string' ? errorType : 'Lambda.Unknown', cause);
}

async function publish(ports: IntegrationPorts, args: Json, caller: TaskCaller): Promise<Json> {
  const { TopicArn, Message, Subject, MessageAttributes } = checked(publishArguments, args);
  const message = typeof Message === 'string' ? Message : JSON.stringify(Message);
  const { messageId } = await apiCall('SNS', () =>
    ports.publish({ topicArn: TopicArn, message, subject: Subject, messageAttributes: MessageAttributes, ...caller }),
  );
  return { MessageId: messageId };
}

function checked<T>(schema: z.ZodType<T>, args: Json): T {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `'${issue.path.join('.')}': ${issue.message}`);
  throw new TaskError(ErrorName.runtime, `Invalid Arguments: ${problems.join('; ')}`);
}

async function apiCall<T>(service: 'Lambda' | 'SNS', call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TaskError || !(error instanceof Error)) throw error;
    const exception = error.name === 'Error' ? 'SdkClientException' : error.name;
    throw new TaskError(`${service}.${exception}`, error.message);
  }
}
