import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import { systemClock } from '../../../lab/cloud/asl/system-clock.ts';
import type { InvokeResource } from '../../../lab/cloud/services/step-functions/integrations.ts';
import { redriveObstacle, RedriveTokens } from '../../../lab/cloud/services/step-functions/redrive.ts';
import type { StepFunctionsService } from '../../../lab/cloud/services/step-functions.ts';
import { LAMBDA, machine } from '../asl/run-machine.ts';
import { connect } from './client.ts';

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

const call = JSON.stringify(
  machine({ Call: { Type: 'Task', Resource: LAMBDA, Arguments: { FunctionName: 'f' }, End: true } }),
);
const other = JSON.stringify(machine({ Other: { Type: 'Pass', End: true } }));

let client: SFNClient;
let service: StepFunctionsService;
/** What the service's clock is ahead of the real time, in milliseconds. */
let aheadMs: number;
const invokeResource = vi.fn<InvokeResource>();

beforeEach(() => {
  aheadMs = 0;
  invokeResource.mockReset().mockResolvedValue({ done: true });
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  ({ client, service } = connect({ invokeResource, clock }));
});

afterEach(async () => {
  await service.close();
  client.destroy();
});

async function start(): Promise<{ stateMachineArn: string; executionArn: string }> {
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({ name: 'failover', definition: call, roleArn: 'arn:aws:iam::123456789012:role/r' }),
  );
  const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'orders-e8' }));
  return { stateMachineArn, executionArn };
}

/** An execution whose task fails the first time. */
async function failed() {
  invokeResource.mockRejectedValueOnce(new TaskError('Boom'));
  const started = await start();
  expect(await ended(started.executionArn)).toMatchObject({ status: 'FAILED' });
  return started;
}

const describeExecution = (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));
const redrive = (executionArn: string, clientToken?: string) =>
  client.send(new RedriveExecutionCommand({ executionArn, clientToken }));

function ended(executionArn: string) {
  return vi.waitFor(
    async () => {
      const execution = await describeExecution(executionArn);
      expect(execution.status).not.toBe('RUNNING');
      return execution;
    },
    { timeout: 2_000, interval: 2 },
  );
}

describe('RedriveExecution', () => {
  it('goes on with the failed state, under the same ARN', async () => {
    const { executionArn } = await failed();
    const { redriveDate } = await redrive(executionArn);
    expect(await ended(executionArn)).toMatchObject({
      executionArn,
      name: 'orders-e8',
      status: 'SUCCEEDED',
      output: '{"done":true}',
      redriveCount: 1,
      redriveDate,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    expect(invokeResource).toHaveBeenCalledTimes(2);
    const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events.filter((event) => event.type === 'ExecutionStarted')).toHaveLength(1);
    expect(events.at(-1)?.type).toBe('ExecutionSucceeded');
  });

  it('goes on with an execution that was stopped, while what its task began goes on as well', async () => {
    const answers: ((value: object) => void)[] = [];
    invokeResource.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    const { executionArn } = await start();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await client.send(new StopExecutionCommand({ executionArn, error: 'Killed' }));
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED', redriveStatus: 'REDRIVABLE' });
    await redrive(executionArn);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[0]?.({ answer: 'of the first' });
    answers[1]?.({ answer: 'of the second' });
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"answer":"of the second"}' });
  });

  it('keeps the definition of the start', async () => {
    const { stateMachineArn, executionArn } = await failed();
    await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: other }));
    await redrive(executionArn);
    expect(await ended(executionArn)).toMatchObject({ output: '{"done":true}' });
  });

  it('shows it as running, and as not redrivable, until it ends again', async () => {
    const { executionArn } = await failed();
    invokeResource.mockReturnValue(new Promise(() => {}));
    await redrive(executionArn);
    const running = await describeExecution(executionArn);
    expect(running).toMatchObject({
      status: 'RUNNING',
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
    });
    expect(running).not.toHaveProperty('stopDate');
    expect(running).not.toHaveProperty('error');
    await expect(redrive(executionArn)).rejects.toMatchObject({
      name: 'ExecutionNotRedrivable',
      message: 'Execution is RUNNING and cannot be redriven',
    });
  });

  it('refuses one that succeeded', async () => {
    const { executionArn } = await start();
    await ended(executionArn);
    await expect(redrive(executionArn)).rejects.toMatchObject({
      name: 'ExecutionNotRedrivable',
      message: 'Execution is SUCCEEDED and cannot be redriven',
    });
  });

  it('refuses one whose machine is deleted', async () => {
    const { stateMachineArn, executionArn } = await failed();
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await expect(redrive(executionArn)).rejects.toMatchObject({ message: 'State machine is in DELETING status' });
  });

  it('refuses an execution that is not there', async () => {
    await start();
    const executionArn = 'arn:aws:states:eu-central-1:123456789012:execution:failover:absent';
    await expect(redrive(executionArn)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  });

  it('does once what is asked twice with one token', async () => {
    const { executionArn } = await failed();
    const first = await redrive(executionArn, 'token-1');
    await ended(executionArn);
    expect((await redrive(executionArn, 'token-1')).redriveDate).toEqual(first.redriveDate);
    expect(await describeExecution(executionArn)).toMatchObject({ redriveCount: 1 });
  });

  it('is possible for fourteen days', async () => {
    const { executionArn } = await failed();
    aheadMs = 15 * DAY_MS;
    await expect(redrive(executionArn)).rejects.toMatchObject({ message: 'Execution redrivable period exceeded' });
    aheadMs = 13 * DAY_MS;
    await redrive(executionArn);
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('ListExecutions', () => {
  it('tells redriven executions from the others', async () => {
    const { stateMachineArn, executionArn } = await failed();
    const { executionArn: untouched } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    await redrive(executionArn);
    await ended(executionArn);
    const listed = async (redriveFilter?: 'REDRIVEN' | 'NOT_REDRIVEN') => {
      const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn, redriveFilter }));
      return executions.map((each) => [each.executionArn, each.redriveCount]);
    };
    expect(await listed('REDRIVEN')).toEqual([[executionArn, 1]]);
    expect(await listed('NOT_REDRIVEN')).toEqual([[untouched, 0]]);
    expect(await listed()).toHaveLength(2);
  });
});

describe('limits', () => {
  const history = (length: number): HistoryEvent[] =>
    Array.from({ length }, (_, index) => ({ id: index + 1, timestamp: undefined, type: 'PassStateEntered' }));
  const execution = {
    status: 'ABORTED',
    startedAt: new Date(0),
    stoppedAt: new Date(360 * DAY_MS),
    events: history(9),
  } as const;

  it.each<[string, object, string | undefined]>([
    ['with room for two events', { events: history(24_998) }, undefined],
    ['with room for one', { events: history(24_999) }, 'Execution history event limit exceeded'],
    ['after a year', { startedAt: new Date(-5 * DAY_MS) }, 'Execution has exceeded the max execution time'],
  ])('an execution %s', (_claim, changes, obstacle) => {
    const now = { nowMs: 361 * DAY_MS, machineExists: true };
    expect(redriveObstacle({ ...execution, ...changes }, now)).toBe(obstacle);
  });

  it('a token is known for a quarter of an hour, and as long as there are not ten newer ones', () => {
    const tokens = new RedriveTokens();
    tokens.remember('first', new Date(0));
    expect(tokens.find('first', HOUR_MS / 4)).toEqual(new Date(0));
    expect(tokens.find('first', HOUR_MS / 4 + 1)).toBeUndefined();
    for (let n = 1; n <= 10; n += 1) tokens.remember(`next-${n}`, new Date(n));
    expect(tokens.find('first', 20)).toBeUndefined();
    expect(tokens.find('next-1', 20)).toEqual(new Date(1));
  });
});
