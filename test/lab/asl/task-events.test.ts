import { describe, expect, it } from 'vitest';
import { StateFailure } from '../../../lab/cloud/asl/failure.ts';
import { taskEvents } from '../../../lab/cloud/asl/states/task-events.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:charge';

describe('the events of a task', () => {
  it.each([
    ['arn:aws:states:::lambda:invoke', 'lambda', 'invoke'],
    ['arn:aws:states:::states:startExecution.sync:2', 'states', 'startExecution.sync:2'],
    ['arn:aws:states:::aws-sdk:dynamodb:query', 'aws-sdk:dynamodb', 'query'],
  ])('of %s name the type %s and the resource %s', (arn, resourceType, resource) => {
    const events = taskEvents(arn, 'eu-west-1');
    expect(events.started()).toEqual(['TaskStarted', { taskStartedEventDetails: { resourceType, resource } }]);
    expect(events.submitted({ n: 1 })).toEqual([
      'TaskSubmitted',
      {
        taskSubmittedEventDetails: {
          resourceType,
          resource,
          output: '{"n":1}',
          outputDetails: { truncated: false },
        },
      },
    ]);
  });

  it('of a function’s ARN are those of a Lambda function', () => {
    const events = taskEvents(FUNCTION_ARN, 'eu-west-1');
    expect(events.scheduled({ n: 1 }, { timeoutInSeconds: 9 })).toEqual([
      'LambdaFunctionScheduled',
      {
        lambdaFunctionScheduledEventDetails: {
          resource: FUNCTION_ARN,
          input: '{"n":1}',
          inputDetails: { truncated: false },
          timeoutInSeconds: 9,
        },
      },
    ]);
    expect(events.started()).toEqual(['LambdaFunctionStarted']);
    expect(events.succeeded(2)).toEqual([
      'LambdaFunctionSucceeded',
      { lambdaFunctionSucceededEventDetails: { output: '2', outputDetails: { truncated: false } } },
    ]);
    expect(events.failed(new StateFailure('Boom', 'why'))).toEqual([
      'LambdaFunctionFailed',
      { lambdaFunctionFailedEventDetails: { error: 'Boom', cause: 'why' } },
    ]);
    expect(events.timedOut(new StateFailure('States.Timeout'))).toEqual([
      'LambdaFunctionTimedOut',
      { lambdaFunctionTimedOutEventDetails: { error: 'States.Timeout' } },
    ]);
  });
});
