/**
 * @module What the history says of a task's work: `Task…` events for an integration, `LambdaFunction…` events for a
 * function whose ARN is the resource.
 */
import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { StateFailure } from '../failure.ts';
import { type EventDetails, failureDetails, inputDetails, outputDetails } from '../history.ts';
import type { Json } from '../json.ts';

export interface TimeLimits {
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
}

type Event = readonly [type: HistoryEventType, details?: EventDetails];

export interface TaskEvents {
  /** Such as `lambda` or `aws-sdk:dynamodb`. */
  readonly resourceType: string;
  scheduled(args: Json, limits: TimeLimits): Event;
  started(): Event;
  submitted(output: Json): Event;
  succeeded(output: Json): Event;
  timedOut(failure: StateFailure): Event;
  failed(failure: StateFailure): Event;
}

/** @param region that the task is done in */
export function taskEvents(resource: string, region: string): TaskEvents {
  return resource.startsWith('arn:aws:lambda:') ? functionEvents(resource) : integrationEvents(resource, region);
}

function integrationEvents(arn: string, region: string): TaskEvents {
  const resource = resourceDetails(arn);
  return {
    resourceType: resource.resourceType,
    scheduled: (args, limits) => [
      'TaskScheduled',
      { taskScheduledEventDetails: { ...resource, region, parameters: JSON.stringify(args), ...limits } },
    ],
    started: () => ['TaskStarted', { taskStartedEventDetails: resource }],
    submitted: (output) => ['TaskSubmitted', { taskSubmittedEventDetails: { ...resource, ...outputDetails(output) } }],
    succeeded: (output) => ['TaskSucceeded', { taskSucceededEventDetails: { ...resource, ...outputDetails(output) } }],
    timedOut: (failure) => ['TaskTimedOut', { taskTimedOutEventDetails: { ...resource, ...failureDetails(failure) } }],
    failed: (failure) => ['TaskFailed', { taskFailedEventDetails: { ...resource, ...failureDetails(failure) } }],
  };
}

function functionEvents(resource: string): TaskEvents {
  return {
    resourceType: 'lambda',
    scheduled: (args, { timeoutInSeconds }) => [
      'LambdaFunctionScheduled',
      {
        lambdaFunctionScheduledEventDetails: {
          resource,
          ...inputDetails(args),
          ...(timeoutInSeconds === undefined ? {} : { timeoutInSeconds }),
        },
      },
    ],
    started: () => ['LambdaFunctionStarted'],
    submitted: () => {
      throw new Error(`the function ${resource} begins nothing that goes on without it`);
    },
    succeeded: (output) => ['LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: outputDetails(output) }],
    timedOut: (failure) => ['LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: failureDetails(failure) }],
    failed: (failure) => ['LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: failureDetails(failure) }],
  };
}

/** `arn:aws:states:::lambda:invoke` is the resource `invoke` of the type `lambda`; `aws-sdk:` belongs to the type. */
function resourceDetails(arn: string): { resource: string; resourceType: string } {
  const [first = '', ...rest] = arn.split(':').slice(5);
  const [second = '', ...action] = rest;
  return first === 'aws-sdk'
    ? { resource: action.join(':'), resourceType: `${first}:${second}` }
    : { resource: rest.join(':'), resourceType: first };
}
