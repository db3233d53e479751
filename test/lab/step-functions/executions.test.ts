import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import type { InvokeResource } from '../../../lab/cloud/services/step-functions/integrations.ts';
import type { StepFunctionsService } from '../../../lab/cloud/services/step-functions.ts';
import { LAMBDA, machine } from '../asl/run-machine.ts';
import { connect } from './client.ts';

const roleArn = 'arn:aws:iam::123456789012:role/workflow';
const wait = JSON.stringify(machine({ Wait: { Type: 'Wait', Seconds: 3600, End: true } }));
const pass = JSON.stringify(machine({ Pass: { Type: 'Pass', Output: '{% $states.input.n + 1 %}', End: true } }));
const call = JSON.stringify(
  machine({ Call: { Type: 'Task', Resource: LAMBDA, Arguments: { FunctionName: 'f' }, End: true } }),
);

let client: SFNClient;
let service: StepFunctionsService;
const invokeResource = vi.fn<InvokeResource>();

beforeEach(() => {
  invokeResource.mockReset().mockResolvedValue({ done: true });
  ({ client, service } = connect({ invokeResource }));
});

afterEach(async () => {
  await service.close();
  client.destroy();
});

async function create(definition: string, name = 'failover'): Promise<string> {
  const { stateMachineArn = '' } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  return stateMachineArn;
}

async function start(stateMachineArn: string, name = 'orders-e8', input = '{"n":1}') {
  const { executionArn = '', startDate } = await client.send(
    new StartExecutionCommand({ stateMachineArn, name, input }),
  );
  return { executionArn, startDate };
}

const describeExecution = (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));

async function ended(executionArn: string) {
  return vi.waitFor(
    async () => {
      const execution = await describeExecution(executionArn);
      expect(execution.status).not.toBe('RUNNING');
      return execution;
    },
    { timeout: 2_000, interval: 2 },
  );
}

describe('a state machine', () => {
  it('has the name, the definition and the role that it was created with', async () => {
    const stateMachineArn = await create(pass);
    expect(stateMachineArn).toBe('arn:aws:states:eu-central-1:123456789012:stateMachine:failover');
    expect(await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
      name: 'failover',
      definition: pass,
      roleArn,
      status: 'ACTIVE',
      type: 'STANDARD',
      creationDate: expect.any(Date) as Date,
    });
  });

  it('may be created again as it is, and not otherwise', async () => {
    const arn = await create(pass);
    expect(await create(pass)).toBe(arn);
    await expect(create(wait)).rejects.toMatchObject({
      name: 'StateMachineAlreadyExists',
      message: `State Machine Already Exists: '${arn}'`,
    });
  });

  it('runs its new definition after an update, while a running execution keeps the old one', async () => {
    const stateMachineArn = await create(wait);
    const { executionArn } = await start(stateMachineArn);
    const update = await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: pass }));
    expect(update).toMatchObject({ updateDate: expect.any(Date) as Date, revisionId: expect.any(String) as string });
    const second = await start(stateMachineArn, 'second');
    expect(await ended(second.executionArn)).toMatchObject({ output: '2' });
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'RUNNING' });
  });

  it('is listed until it is deleted, which may be done twice', async () => {
    const stateMachineArn = await create(pass);
    await create(pass, 'rebuild');
    const names = async () =>
      (await client.send(new ListStateMachinesCommand({}))).stateMachines?.map((listed) => listed.name);
    expect(await names()).toEqual(['failover', 'rebuild']);
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    expect(await names()).toEqual(['rebuild']);
    await expect(start(stateMachineArn)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });

  it.each<[claim: string, definition: object, name: string, message: string]>([
    [
      'that can not run',
      machine({ A: { Type: 'Pass', Next: 'B' } }),
      'InvalidDefinition',
      "Missing 'Next' target: B at /States/A",
    ],
    [
      'for JSONPath',
      { StartAt: 'A', States: { A: { Type: 'Succeed' } } },
      'InvalidDefinition',
      'State \'A\' uses the QueryLanguage "JSONPath"',
    ],
    [
      'with a resource that the lab has not',
      machine({ Stop: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:ec2:stopInstances', End: true } }),
      'NotImplemented',
      "State 'Stop': the lab does not run the resource 'arn:aws:states:::aws-sdk:ec2:stopInstances'; it runs",
    ],
  ])('is refused with a definition %s', async (_claim, definition, name, message) => {
    await expect(create(JSON.stringify(definition))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('an execution', () => {
  it('runs to its output', async () => {
    const { executionArn, startDate } = await start(await create(pass));
    expect(executionArn).toBe('arn:aws:states:eu-central-1:123456789012:execution:failover:orders-e8');
    expect(await ended(executionArn)).toMatchObject({
      name: 'orders-e8',
      status: 'SUCCEEDED',
      input: '{"n":1}',
      output: '2',
      startDate,
      stopDate: expect.any(Date) as Date,
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
    });
  });

  it('calls the resource under the role of the machine', async () => {
    const { executionArn } = await start(await create(call));
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"done":true}' });
    expect(invokeResource).toHaveBeenCalledExactlyOnceWith(
      LAMBDA,
      { FunctionName: 'f' },
      expect.objectContaining({ roleArn, executionArn }),
    );
  });

  it('fails with the error of its task', async () => {
    invokeResource.mockRejectedValue(new TaskError('FenceUnproven', 'no proof held'));
    const { executionArn } = await start(await create(call));
    expect(await ended(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'FenceUnproven',
      cause: 'no proof held',
      redriveStatus: 'REDRIVABLE',
    });
  });

  it('is given again for the same name and input while it runs', async () => {
    const machineArn = await create(wait);
    const first = await start(machineArn);
    expect(await start(machineArn)).toEqual(first);
  });

  it.each([
    ['with another input while it runs', wait, '{"n":2}'],
    ['with the same input when it has ended', pass, '{"n":1}'],
  ])('can not be started %s', async (_claim, definition, input) => {
    const machineArn = await create(definition);
    const { executionArn } = await start(machineArn);
    if (definition === pass) await ended(executionArn);
    await expect(start(machineArn, 'orders-e8', input)).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
      message: `Execution Already Exists: '${executionArn}'`,
    });
  });

  it('may share its name with one of another machine', async () => {
    await start(await create(wait));
    await expect(start(await create(wait, 'rebuild'))).resolves.toMatchObject({
      executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:rebuild:orders-e8',
    });
  });

  it('has a name and an input of its own when none is given', async () => {
    const stateMachineArn = await create(wait);
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    expect(executionArn).toMatch(/:failover:[0-9a-f-]{36}$/);
    expect(await describeExecution(executionArn)).toMatchObject({ input: '{}' });
  });

  it('may have a name of 80 characters', async () => {
    await expect(start(await create(wait), 'e'.repeat(80))).resolves.toBeDefined();
  });

  it.each(['two words', 'a/b', 'a:b', 'a*'])('can not have the name %j', async (name) => {
    const refusal = { name: 'InvalidName', message: `Invalid Name: '${name}'` };
    await expect(start(await create(wait), name)).rejects.toMatchObject(refusal);
  });

  it.each([
    ['', 'greater than or equal to 1'],
    ['e'.repeat(81), 'less than or equal to 80'],
  ])('can not have the name %j, whose length the service looks at first', async (name, bound) => {
    await expect(start(await create(wait), name)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(`'name' failed to satisfy constraint: Member must have length ${bound}`),
    });
  });

  it.each([
    [
      'that is not JSON',
      'not json',
      "'Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')'",
    ],
    [
      'with fields in single quotes',
      "{'n': 1}",
      "'Unexpected character (''' (code 39)): was expecting double-quote to start field name'",
    ],
    ['of nothing', '', "'Invalid execution input.'"],
    ['of more than 256 KiB', JSON.stringify('x'.repeat(262_143)), 'it is larger than 262144 bytes'],
  ])('can not have an input %s', async (_claim, input, problem) => {
    await expect(start(await create(wait), 'e1', input)).rejects.toMatchObject({
      name: 'InvalidExecutionInput',
      message: `Invalid State Machine Execution Input: ${problem}`,
    });
  });

  it('shows its input as it was written, wherever it is unchanged', async () => {
    const definition = JSON.stringify(
      machine({
        Same: { Type: 'Pass', Next: 'Other' },
        Other: { Type: 'Pass', Output: '{% $states.input %}', End: true },
      }),
    );
    const input = '{ "n" : [ 1.0 ] }';
    const { executionArn } = await start(await create(definition), 'e1', input);
    expect(await ended(executionArn)).toMatchObject({ input, output: '{"n":[1]}' });
    const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events[0]?.executionStartedEventDetails?.input).toBe(input);
    expect(events.flatMap((event) => event.stateEnteredEventDetails?.input ?? [])).toEqual([input, input]);
    expect(events.flatMap((event) => event.stateExitedEventDetails?.output ?? [])).toEqual([input, '{"n":[1]}']);
  });

  it('is stopped with the reason that is given', async () => {
    const { executionArn } = await start(await create(wait));
    const { stopDate } = await client.send(
      new StopExecutionCommand({ executionArn, error: 'Operator', cause: 'maintenance' }),
    );
    expect(await describeExecution(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Operator',
      cause: 'maintenance',
      stopDate,
    });
  });

  it('stays as it ended when it is stopped later', async () => {
    const { executionArn } = await start(await create(pass));
    const { stopDate } = await ended(executionArn);
    expect(await client.send(new StopExecutionCommand({ executionArn }))).toMatchObject({ stopDate });
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('is listed with the others of its machine, the latest first, by status', async () => {
    const stateMachineArn = await create(wait);
    const first = await start(stateMachineArn, 'first');
    await start(stateMachineArn, 'second');
    await start(await create(wait, 'rebuild'), 'other');
    await client.send(new StopExecutionCommand({ executionArn: first.executionArn }));
    const names = async (statusFilter?: 'RUNNING' | 'ABORTED') =>
      (await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter }))).executions?.map(
        (one) => one.name,
      );
    expect(await names()).toEqual(['second', 'first']);
    expect(await names('ABORTED')).toEqual(['first']);
    expect(await names('RUNNING')).toEqual(['second']);
  });
});

describe('the history', () => {
  it('is read in pages', async () => {
    const { executionArn } = await start(await create(pass));
    await ended(executionArn);
    const first = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 3 }));
    const { nextToken } = first;
    const second = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 3, nextToken }));
    expect([...(first.events ?? []), ...(second.events ?? [])].map((event) => event.type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(second.nextToken).toBeUndefined();
    expect(first.events?.[0]).toEqual({
      id: 1,
      previousEventId: 0,
      timestamp: expect.any(Date) as Date,
      type: 'ExecutionStarted',
      executionStartedEventDetails: { input: '{"n":1}', inputDetails: { truncated: false }, roleArn },
    });
  });

  it('is read from its end, and without the payloads', async () => {
    const { executionArn } = await start(await create(pass));
    await ended(executionArn);
    const { events = [] } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, includeExecutionData: false, maxResults: 2 }),
    );
    expect(events.map((event) => event.id)).toEqual([4, 3]);
    expect(events[1]?.stateExitedEventDetails).toEqual({ name: 'Pass' });
  });

  it('refuses a token that it did not give', async () => {
    const { executionArn } = await start(await create(pass));
    const request = new GetExecutionHistoryCommand({ executionArn, nextToken: 'made-up' });
    await expect(client.send(request)).rejects.toMatchObject({ name: 'InvalidToken' });
  });
});

describe('the service', () => {
  const missing = 'arn:aws:states:eu-central-1:123456789012:execution:failover:absent';

  it.each([
    ['an execution that is not there', missing, 'ExecutionDoesNotExist'],
    ['something that is no ARN', 'failover', 'InvalidArn'],
    ['the ARN of something else', 'arn:aws:states:eu-central-1:123456789012:stateMachine:failover', 'InvalidArn'],
  ])('refuses %s', async (_claim, executionArn, name) => {
    await expect(describeExecution(executionArn)).rejects.toMatchObject({ name });
  });

  it('names the operation that it has not', async () => {
    const request = new StartSyncExecutionCommand({ stateMachineArn: await create(pass) });
    await expect(client.send(request)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'the lab does not model states StartSyncExecution',
    });
  });

  it('names the parameter that is missing', async () => {
    const request = new StartExecutionCommand({ stateMachineArn: undefined });
    await expect(client.send(request)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("'stateMachineArn'") as string,
    });
  });

  it('ends all executions when it closes', async () => {
    const { executionArn } = await start(await create(wait));
    await service.close();
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Lab.Closed' });
  });
});
