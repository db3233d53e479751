import { describe, expect, it, vi } from 'vitest';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import type { Json, JsonObject } from '../../../lab/cloud/asl/json.ts';
import { serviceIntegrations } from '../../../lab/cloud/services/step-functions/integrations.ts';
import type { IntegrationPorts } from '../../../lab/cloud/services/step-functions/integrations/ports.ts';
import { parseResource } from '../../../lab/cloud/services/step-functions/integrations/resources.ts';
import { AwsError } from '../../../lab/cloud/wire/aws-error.ts';

const OPTIMIZED = 'arn:aws:states:::';
const INVOKE = `${OPTIMIZED}lambda:invoke`;
const PUBLISH = `${OPTIMIZED}sns:publish`;
const START = `${OPTIMIZED}states:startExecution`;
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:charge';
const CHILD = 'arn:aws:states:eu-west-1:123456789012:execution:child:c1';

function setup(signal = new AbortController().signal) {
  const ports = {
    invokeFunction: vi.fn<IntegrationPorts['invokeFunction']>(async () => ({ statusCode: 200, payload: { ok: true } })),
    publish: vi.fn<IntegrationPorts['publish']>(async () => ({ messageId: 'm-1' })),
    call: vi.fn<IntegrationPorts['call']>(async () => ({})),
    executionEnded: vi.fn<IntegrationPorts['executionEnded']>(async () => {}),
  };
  const submitted = vi.fn<(output: Json) => void>();
  const caller = {
    roleArn: 'arn:aws:iam::123456789012:role/workflow',
    stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:parent',
    executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:parent:p1',
    signal,
    submitted,
  };
  const invokeResource = serviceIntegrations(ports);
  const run = (resource: string, args: Json) => invokeResource(resource, args, caller);
  return { ports, caller, submitted, run };
}

describe('lambda:invoke', () => {
  it('gives the payload back with the version, the status and the response that it came in', async () => {
    const { ports, caller, run } = setup();
    expect(await run(INVOKE, { FunctionName: 'f', Payload: { epoch: 7 } })).toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: { ok: true },
      StatusCode: 200,
      SdkHttpMetadata: {
        HttpStatusCode: 200,
        HttpHeaders: { 'Content-Length': '11', 'X-Amz-Executed-Version': '$LATEST' },
        AllHttpHeaders: { 'Content-Type': ['application/json'] },
      },
      SdkResponseMetadata: { RequestId: expect.any(String) as string },
    });
    expect(ports.invokeFunction).toHaveBeenCalledExactlyOnceWith({
      functionName: 'f',
      qualifier: undefined,
      invocationType: 'RequestResponse',
      payload: { epoch: 7 },
      ...caller,
    });
  });

  it('fails with the type of the function’s error, and the error itself as the cause', async () => {
    const { ports, run } = setup();
    const payload = {
      errorType: 'FenceUnproven',
      errorMessage: 'no proof held',
      trace: ['FenceUnproven: no proof held'],
    };
    ports.invokeFunction.mockResolvedValue({ statusCode: 200, functionError: 'Unhandled', payload });
    await expect(run(INVOKE, { FunctionName: 'f' })).rejects.toEqual(
      new TaskError('FenceUnproven', JSON.stringify(payload)),
    );
  });

  it.each([
    ['Lambda.Unknown when the function died without saying why', { errorMessage: 'exited' }, 'Lambda.Unknown'],
    ['Sandbox.Timedout when the function ran out of time', { errorType: 'Sandbox.Timedout' }, 'Sandbox.Timedout'],
  ])('fails with %s', async (_claim, payload, error) => {
    const { ports, run } = setup();
    ports.invokeFunction.mockResolvedValue({ statusCode: 200, functionError: 'Unhandled', payload });
    await expect(run(INVOKE, { FunctionName: 'f' })).rejects.toMatchObject({ error });
  });

  it('fails with the name of the API’s exception, and a cause in the words of the SDK', async () => {
    const { ports, run } = setup();
    ports.invokeFunction.mockRejectedValue(new AwsError('ResourceNotFoundException', 'Function not found: f', 404));
    await expect(run(INVOKE, { FunctionName: 'f' })).rejects.toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
      cause: expect.stringMatching(
        /^Function not found: f \(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: [\w-]+; Proxy: null\)$/,
      ) as string,
    });
  });

  it('fails with the SDK’s general exception for a code that the API’s model does not list', async () => {
    const { ports, run } = setup();
    ports.invokeFunction.mockRejectedValue(new AwsError('AccessDeniedException', 'not authorized', 403));
    await expect(run(INVOKE, { FunctionName: 'f' })).rejects.toMatchObject({ error: 'Lambda.AWSLambdaException' });
  });

  it('fails with SdkClientException when there was no answer', async () => {
    const { ports, run } = setup();
    ports.invokeFunction.mockRejectedValue(new Error('connection reset'));
    await expect(run(INVOKE, { FunctionName: 'f' })).rejects.toEqual(
      new TaskError('Lambda.SdkClientException', 'connection reset'),
    );
  });

  it.each([
    ['without a function', { Payload: {} }, "'FunctionName'"],
    ['with an argument that it does not honour', { FunctionName: 'f', LogType: 'Tail' }, '"LogType"'],
  ])('is refused %s', async (_claim, args, named) => {
    await expect(setup().run(INVOKE, args)).rejects.toMatchObject({
      error: 'States.Runtime',
      cause: expect.stringContaining(named) as string,
    });
  });
});

describe('a function’s ARN', () => {
  it('takes the arguments for the payload and gives the payload alone', async () => {
    const { ports, run } = setup();
    expect(await run(FUNCTION_ARN, { n: 1 })).toEqual({ ok: true });
    expect(ports.invokeFunction.mock.lastCall?.[0]).toMatchObject({ functionName: FUNCTION_ARN, payload: { n: 1 } });
  });
});

describe('sns:publish', () => {
  it('publishes an object as its JSON text', async () => {
    const { ports, caller, run } = setup();
    const result = await run(PUBLISH, { TopicArn: 't', Subject: 's', Message: { epoch: 8 } });
    expect(result).toMatchObject({ MessageId: 'm-1', SdkHttpMetadata: { HttpStatusCode: 200 } });
    expect(ports.publish).toHaveBeenCalledExactlyOnceWith({
      topicArn: 't',
      subject: 's',
      message: '{"epoch":8}',
      messageAttributes: undefined,
      ...caller,
    });
  });

  it('fails with the name of the API’s exception', async () => {
    const { ports, run } = setup();
    ports.publish.mockRejectedValue(new AwsError('NotFound', 'Topic does not exist', 404));
    await expect(run(PUBLISH, { TopicArn: 't', Message: 'm' })).rejects.toMatchObject({
      error: 'SNS.NotFoundException',
    });
  });
});

describe('dynamodb', () => {
  it('calls the action in the name of the role, and adds the response to the answer', async () => {
    const { ports, caller, run } = setup();
    ports.call.mockResolvedValue({ Item: { id: { S: 'a' } } });
    const args = { TableName: 't', Key: { id: { S: 'a' } } };
    expect(await run(`${OPTIMIZED}dynamodb:getItem`, args)).toMatchObject({
      Item: { id: { S: 'a' } },
      SdkHttpMetadata: { HttpHeaders: { 'Content-Length': '25' } },
    });
    expect(ports.call).toHaveBeenCalledExactlyOnceWith({
      ...caller,
      service: 'dynamodb',
      action: 'GetItem',
      input: args,
    });
  });

  it('fails with AmazonDynamoDBException for a wrong parameter', async () => {
    const { ports, run } = setup();
    ports.call.mockRejectedValue(new AwsError('ValidationException', 'wrong'));
    await expect(run(`${OPTIMIZED}dynamodb:putItem`, {})).rejects.toMatchObject({
      error: 'DynamoDB.AmazonDynamoDBException',
    });
  });
});

describe('events:putEvents', () => {
  const entry = { Source: 's', DetailType: 'd', Detail: { n: 1 } };

  it('gives details as text and names the machine and the execution among the resources', async () => {
    const { ports, caller, run } = setup();
    ports.call.mockResolvedValue({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    const result = await run(`${OPTIMIZED}events:putEvents`, { Entries: [entry] });
    expect(result).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    const Resources = [caller.stateMachineArn, caller.executionArn];
    expect(ports.call.mock.lastCall?.[0].input).toEqual({ Entries: [{ ...entry, Detail: '{"n":1}', Resources }] });
  });

  it('fails when one of the entries was refused', async () => {
    const { ports, run } = setup();
    const answer = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] };
    ports.call.mockResolvedValue(answer);
    await expect(run(`${OPTIMIZED}events:putEvents`, { Entries: [entry] })).rejects.toEqual(
      new TaskError('EventBridge.FailedEntry', JSON.stringify(answer)),
    );
  });
});

describe('states:startExecution', () => {
  /** The child as the API describes it, with times in seconds. */
  const described = {
    executionArn: CHILD,
    status: 'SUCCEEDED',
    input: '{"n":1}',
    output: '{"ok":true}',
    startDate: 1.5,
    stopDate: 2,
  };
  const answering = (description: JsonObject) =>
    vi.fn<IntegrationPorts['call']>(async ({ action }) =>
      action === 'StartExecution' ? { executionArn: CHILD, startDate: 1.5 } : description,
    );

  it('gives the start of the execution, with its time in milliseconds', async () => {
    const { ports, submitted, run } = setup();
    ports.call.mockImplementation(answering(described));
    const result = await run(START, { StateMachineArn: 'm', Name: 'c1', Input: { n: 1 } });
    expect(result).toMatchObject({ ExecutionArn: CHILD, StartDate: 1500 });
    expect(ports.call.mock.lastCall?.[0].input).toEqual({ stateMachineArn: 'm', name: 'c1', input: '{"n":1}' });
    expect(submitted).not.toHaveBeenCalled();
  });

  it.each([
    ['.sync', '{"n":1}', '{"ok":true}'],
    ['.sync:2', { n: 1 }, { ok: true }],
  ])('with %s tells of the start, waits for the end and gives the description', async (suffix, Input, Output) => {
    const { ports, submitted, run } = setup();
    ports.call.mockImplementation(answering(described));
    expect(await run(`${START}${suffix}`, { StateMachineArn: 'm' })).toEqual({
      ExecutionArn: CHILD,
      Status: 'SUCCEEDED',
      Input,
      Output,
      StartDate: 1500,
      StopDate: 2000,
    });
    expect(submitted).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ ExecutionArn: CHILD }));
    expect(ports.executionEnded).toHaveBeenCalledExactlyOnceWith(CHILD);
  });

  it('with .sync fails when the execution did, with its description as the cause', async () => {
    const { ports, run } = setup();
    ports.call.mockImplementation(answering({ ...described, status: 'FAILED', error: 'Boom' }));
    await expect(run(`${START}.sync:2`, { StateMachineArn: 'm' })).rejects.toMatchObject({
      error: 'States.TaskFailed',
      cause: expect.stringMatching(/"Error":"Boom".*"Input":"{.*"Status":"FAILED"/) as string,
    });
  });

  it('with .sync stops the execution when nobody waits any more', async () => {
    const gone = new AbortController();
    const { ports, run } = setup(gone.signal);
    ports.call.mockImplementation(answering(described));
    let end = () => {};
    ports.executionEnded.mockImplementation(() => new Promise((resolve) => (end = resolve)));
    const task = run(`${START}.sync`, { StateMachineArn: 'm' });
    await vi.waitFor(() => expect(ports.executionEnded).toHaveBeenCalled());
    gone.abort();
    expect(ports.call.mock.lastCall?.[0]).toMatchObject({ action: 'StopExecution', input: { executionArn: CHILD } });
    end();
    await task;
  });
});

describe('aws-sdk', () => {
  it('gives the answer alone, with the members and times of Step Functions in its own form', async () => {
    const { ports, run } = setup();
    ports.call.mockResolvedValue({ executionArn: CHILD, startDate: 1.5 });
    const args = { StateMachineArn: 'm', Input: { n: 1 } };
    expect(await run(`${OPTIMIZED}aws-sdk:sfn:startExecution`, args)).toEqual({
      ExecutionArn: CHILD,
      StartDate: '1970-01-01T00:00:01.500Z',
    });
    expect(ports.call.mock.lastCall?.[0]).toMatchObject({
      service: 'states',
      action: 'StartExecution',
      input: { stateMachineArn: 'm', input: '{"n":1}' },
    });
  });

  it.each([
    ['its own exception', 'sfn:describeExecution', 'ExecutionDoesNotExist', 'Sfn.ExecutionDoesNotExistException'],
    ['the general one', 'dynamodb:putItem', 'ValidationException', 'DynamoDb.DynamoDbException'],
  ])('fails with %s, and a cause in the words of the newer SDK', async (_claim, call, code, error) => {
    const { ports, run } = setup();
    ports.call.mockRejectedValue(new AwsError(code, 'why'));
    await expect(run(`${OPTIMIZED}aws-sdk:${call}`, {})).rejects.toMatchObject({
      error,
      cause: expect.stringMatching(/^why \(Service: \w+, Status Code: 400, Request ID: [\w-]+\)$/) as string,
    });
  });
});

describe('a resource', () => {
  it.each([
    'arn:aws:states:::sqs:sendMessage',
    'arn:aws:states:::lambda:invoke.waitForTaskToken',
    'arn:aws:states:::dynamodb:getItem.sync',
    'arn:aws:states:::dynamodb:query',
    'arn:aws:states:::aws-sdk:ec2:stopInstances',
    'arn:aws:states:::aws-sdk:dynamodb:GetItem',
    'arn:aws:states:eu-west-1:123456789012:activity:work',
  ])('%s is none that the lab runs', async (resource) => {
    expect(parseResource(resource)).toBeUndefined();
    await expect(setup().run(resource, {})).rejects.toMatchObject({
      error: 'NotImplemented',
      cause: expect.stringContaining(resource) as string,
    });
  });
});
