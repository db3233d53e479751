/**
 * @module What the integrations need of the services behind them, and on whose behalf they call.
 */
import type { Json, JsonObject } from '../../../asl/json.ts';
import type { TaskInProgress } from '../../../asl/ports.ts';

/** On whose behalf a task calls. A call goes on when nobody waits for it: no function stops because its caller left. */
export interface TaskCaller extends TaskInProgress {
  readonly roleArn: string;
  readonly stateMachineArn: string;
  readonly executionArn: string;
}

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

/** A call of a service that speaks JSON, in its own spelling. */
export interface ServiceCall extends TaskCaller {
  /** The service's name in the credential scope, such as `dynamodb`. */
  readonly service: string;
  readonly action: string;
  readonly input: JsonObject;
}

/** The services behind the integrations. They refuse by an `AwsError`; any other error means that no answer came. */
export interface IntegrationPorts {
  invokeFunction(invocation: FunctionInvocation): Promise<FunctionAnswer>;
  publish(publication: Publication): Promise<{ readonly messageId: string }>;
  call(call: ServiceCall): Promise<JsonObject>;
  /** Resolves when an execution of the lab has ended, which it may have done before. */
  executionEnded(executionArn: string): Promise<void>;
}
