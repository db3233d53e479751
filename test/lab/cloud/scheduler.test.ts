import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Scheduler, type ScheduleInput } from '../../../lab/cloud/services/scheduler.ts';
import { seededJitter } from '../../../lab/cloud/services/schedule-jitter.ts';
import { Timers } from '../../../lab/cloud/timers.ts';
import { clientConfig, type LabAccount, openAccount } from './lab-account.ts';

const account = { id: '123456789012', region: 'eu-west-1' };

function input(target: Partial<ScheduleInput['Target']> = {}): ScheduleInput {
  return {
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    GroupName: 'default',
    Target: {
      Arn: 'arn:target',
      RoleArn: 'arn:role',
      RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      ...target,
    },
  };
}

describe('in virtual time', () => {
  const delivered: string[] = [];
  const faults: unknown[] = [];
  let timers: Timers;
  let failures = 0;
  let scheduler: Scheduler;

  beforeEach(() => {
    vi.useFakeTimers();
    delivered.length = 0;
    faults.length = 0;
    failures = 0;
    timers = new Timers((error) => faults.push(error));
    scheduler = new Scheduler({
      account,
      timers,
      emit: () => undefined,
      firstFireDelayMs: () => 5_000,
      deliver: async ({ input: event }) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error('the target refused');
        }
        delivered.push(event);
      },
    });
  });
  afterEach(() => {
    timers.close();
    vi.useRealTimers();
  });

  test('a schedule fires after the first delay, then at its rate', async () => {
    scheduler.createSchedule('probe', input({ Input: '{"n":1}' }));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(delivered).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(delivered).toEqual(['{"n":1}']);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(delivered).toHaveLength(3);
  });

  test("the scheduler's own words are filled in, and its standard event is sent where there is no input", async () => {
    scheduler.createSchedule('worded', input({ Input: '{"arn":"<aws.scheduler.schedule-arn>"}' }));
    scheduler.createSchedule('plain', input());
    await vi.advanceTimersByTimeAsync(5_000);
    const [worded, plain] = delivered.map((event): unknown => JSON.parse(event));
    expect(worded).toEqual({ arn: 'arn:aws:scheduler:eu-west-1:123456789012:schedule/default/worded' });
    expect(plain).toMatchObject({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event' });
  });

  test('a disabled schedule never fires', async () => {
    scheduler.createSchedule('off', { ...input(), State: 'DISABLED' });
    await vi.advanceTimersByTimeAsync(300_000);
    expect(delivered).toEqual([]);
  });

  test('a delivery is tried again as often as the retry policy says, and its last failure is told', async () => {
    failures = 2;
    scheduler.createSchedule(
      'retried',
      input({ RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 } }),
    );
    await vi.advanceTimersByTimeAsync(8_000);
    expect(delivered).toHaveLength(1);
    failures = 1;
    scheduler.createSchedule('once', input());
    await vi.advanceTimersByTimeAsync(8_000);
    expect(delivered).toHaveLength(1);
    expect(faults).toEqual([expect.objectContaining({ message: 'the target refused' })]);
  });

  test('a schedule keeps its times as its jitter has it: late, twice, or not at all', async () => {
    const delays = [[2_000, 30_000], [], [59_000]];
    const jittery = new Scheduler({
      account,
      timers,
      emit: () => undefined,
      firstFireDelayMs: () => 0,
      jitterOf: (name) => () => (name === 'probe' ? (delays.shift() ?? []) : []),
      deliver: async ({ input: event }) => void delivered.push(event),
    });
    jittery.createSchedule('probe', input({ Input: '{"n":1}' }));
    jittery.createSchedule('other', input({ Input: '{"n":2}' }));
    const after = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return delivered.splice(0).sort();
    };
    expect(await after(10)).toEqual(['{"n":1}', '{"n":2}']);
    expect([await after(61_999), await after(1), await after(27_999), await after(1)].flat()).toEqual([
      '{"n":1}',
      '{"n":1}',
    ]);
    expect(await after(148_000)).toEqual([]);
    expect(await after(2_000)).toEqual(['{"n":1}']);
  });

  test('jitter of one seed is the same each time, and misses no two in a row', () => {
    const drawn = () => {
      const jitter = seededJitter({ seed: 5, duplicates: 0.3, missed: 0.3 });
      return Array.from({ length: 500 }, () => jitter());
    };
    const times = drawn();
    expect(drawn()).toEqual(times);
    expect(times.flat().every((lateMs) => lateMs >= 0 && lateMs < 60_000)).toBe(true);
    expect(new Set(times.map((each) => each.length))).toEqual(new Set([0, 1, 2]));
    expect(times.some((each, index) => each.length === 0 && times[index + 1]?.length === 0)).toBe(false);
  });

  test('nothing fires after the cloud is closed', async () => {
    scheduler.createSchedule('probe', input());
    timers.close();
    await vi.advanceTimersByTimeAsync(300_000);
    expect([delivered, faults]).toEqual([[], []]);
  });
});

describe('over the wire', () => {
  let lab: LabAccount;
  let client: SchedulerClient;
  beforeEach(async () => {
    lab = await openAccount({ scheduleFirstFireDelayMs: () => 60_000 });
    client = new SchedulerClient(clientConfig(lab.cloud));
  });
  afterEach(async () => {
    client.destroy();
    await lab.close();
  });

  const create = (Name: string, ScheduleExpression: string) =>
    client.send(
      new CreateScheduleCommand({
        Name,
        ScheduleExpression,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
          RoleArn: 'arn:aws:iam::123456789012:role/r',
        },
      }),
    );

  test('a schedule can be made, read, listed and deleted', async () => {
    const { ScheduleArn } = await create('probe', 'rate(5 minutes)');
    expect(await client.send(new GetScheduleCommand({ Name: 'probe' }))).toMatchObject({
      Arn: ScheduleArn,
      State: 'ENABLED',
      ScheduleExpression: 'rate(5 minutes)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 } },
    });
    const { Schedules } = await client.send(new ListSchedulesCommand({}));
    expect(Schedules?.map((each) => each.Name)).toEqual(['probe']);
    await client.send(new DeleteScheduleCommand({ Name: 'probe' }));
    await expect(client.send(new GetScheduleCommand({ Name: 'probe' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test.each([
    ['probe', 'rate(1 minute)', 'ConflictException'],
    ['other', 'every minute', 'ValidationException'],
    ['other', 'cron(0 12 * * ? *)', 'NotImplemented'],
  ])('a second schedule %s with %s is refused with %s', async (name, expression, code) => {
    await create('probe', 'rate(1 minute)');
    await expect(create(name, expression)).rejects.toMatchObject({ name: code });
  });
});
