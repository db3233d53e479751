/**
 * @module Integrations with the services that speak JSON: `dynamodb:…`, `events:putEvents` and `aws-sdk:…`.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { TaskError } from '../../../asl/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../asl/json.ts';
import { toCamelCase, toPascalCase } from './pascal-case.ts';
import type { IntegrationPorts, TaskCaller } from './ports.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { OPTIMIZED_NAMES, SDK_SERVICES, type SdkService, type SdkServiceNames } from './services.ts';
import { apiCall, checkedArguments } from './task-errors.ts';

const structure = z.record(z.string(), z.json());

/** @param action such as `getItem` */
export async function callDynamoDb(
  ports: IntegrationPorts,
  action: string,
  args: Json,
  caller: TaskCaller,
): Promise<Json> {
  const input = checkedArguments(structure, args);
  const answer = await apiCall(OPTIMIZED_NAMES.dynamodb, 'optimized', () =>
    ports.call({
      ...caller,
      service: 'dynamodb',
      action: `${action.charAt(0).toUpperCase()}${action.slice(1)}`,
      input,
    }),
  );
  const body = JSON.stringify(answer);
  const headers = { Server: 'Server' };
  return {
    ...answer,
    ...sdkMetadata({ requestId: randomUUID(), contentType: 'application/x-amz-json-1.0', body, headers }),
  };
}

const putEventsArguments = z.strictObject({
  Entries: z.array(z.looseObject({ Detail: z.json().optional(), Resources: z.array(z.string()).default([]) })),
});

/** Every entry also names the state machine and the execution. An entry that was refused fails the task. */
export async function putEvents(ports: IntegrationPorts, args: Json, caller: TaskCaller): Promise<Json> {
  const { Entries } = checkedArguments(putEventsArguments, args);
  const entries = Entries.map((entry) => ({
    ...(entry as JsonObject),
    ...(entry.Detail !== undefined && {
      Detail: typeof entry.Detail === 'string' ? entry.Detail : JSON.stringify(entry.Detail),
    }),
    Resources: [...entry.Resources, caller.stateMachineArn, caller.executionArn],
  }));
  const answer = await apiCall(OPTIMIZED_NAMES.events, 'optimized', () =>
    ports.call({ ...caller, service: 'events', action: 'PutEvents', input: { Entries: entries } }),
  );
  if (Number(answer.FailedEntryCount) > 0) throw new TaskError('EventBridge.FailedEntry', JSON.stringify(answer));
  return answer;
}

/** Any call of a service, by its own name. */
export async function callSdk(
  ports: IntegrationPorts,
  { service, action }: { readonly service: SdkService; readonly action: string },
  args: Json,
  caller: TaskCaller,
): Promise<Json> {
  const names: SdkServiceNames = SDK_SERVICES[service];
  const given = withTexts(checkedArguments(structure, args), action);
  const input = names.camelCase ? (toCamelCase(given) as JsonObject) : given;
  const answer = await apiCall(names, 'sdk', () => ports.call({ ...caller, service: names.scope, action, input }));
  return names.camelCase ? withDates(toPascalCase(answer)) : answer;
}

/** A structure where the service takes JSON as text becomes that text. */
function withTexts(input: JsonObject, action: string): JsonObject {
  const texts = action === 'StartExecution' ? ['Input'] : action === 'SendTaskSuccess' ? ['Output'] : [];
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      texts.includes(name) && typeof value !== 'string' ? JSON.stringify(value) : value,
    ]),
  );
}

/** This SDK gives times as text. */
function withDates(value: Json): Json {
  if (Array.isArray(value)) return value.map(withDates);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name.endsWith('Date') && typeof inner === 'number' ? new Date(inner * 1000).toISOString() : withDates(inner),
    ]),
  );
}
