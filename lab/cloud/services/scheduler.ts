/**
 * @module EventBridge Scheduler: rates that fire.
 *
 * Guarantees: an enabled schedule fires soon after it was made, then at its rate until it is deleted, as punctually as
 * its options say. Delivery is tried again after a failure as the target's retry policy says.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Account, arn } from '../account.ts';
import type { CloudListener } from '../events.ts';
import type { AwsService } from '../service.ts';
import type { Timers } from '../timers.ts';
import { AwsError, notModelled } from '../wire/aws-error.ts';
import { json, jsonOperation, operations } from '../wire/operations.ts';
import { DEFAULT_RETRY_POLICY, deliverEvent } from './delivery.ts';
import { PUNCTUAL, type ScheduleJitter } from './schedule-jitter.ts';

/** What a schedule is made of, in the API's own spelling. */
export const SCHEDULE_INPUT = z.strictObject({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().optional(),
  FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Description: z.string().optional(),
  GroupName: z.string().default('default'),
  ClientToken: z.string().optional(),
  Target: z.strictObject({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().optional(),
    RetryPolicy: z
      .strictObject({
        MaximumEventAgeInSeconds: z.number().default(DEFAULT_RETRY_POLICY.MaximumEventAgeInSeconds),
        MaximumRetryAttempts: z.number().default(DEFAULT_RETRY_POLICY.MaximumRetryAttempts),
      })
      .default(DEFAULT_RETRY_POLICY),
  }),
});

export type ScheduleInput = z.infer<typeof SCHEDULE_INPUT>;

interface Schedule extends ScheduleInput {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
}

export interface Delivery {
  readonly targetArn: string;
  readonly input: string;
  readonly roleArn: string;
  /** What the role is told that it is used for. */
  readonly groupArn: string;
}

export interface SchedulerOptions {
  readonly account: Account;
  readonly timers: Timers;
  readonly emit: CloudListener;
  /** Milliseconds from the making of a schedule to its first fire. AWS: anything within a minute. */
  readonly firstFireDelayMs: () => number;
  /** How each schedule, by its name, keeps the times after the first.  @default - punctually */
  readonly jitterOf?: ((name: string) => ScheduleJitter) | undefined;
  /** Hands an event to a target. @throws Error when the target doesn't take it */
  readonly deliver: (delivery: Delivery) => Promise<void>;
}

const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1440 * MINUTE_MS };

export class Scheduler {
  readonly service: AwsService;
  private readonly options: SchedulerOptions;
  private readonly schedules = new Map<string, Schedule>();

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.service = operations('scheduler', {
      CreateSchedule: jsonOperation(SCHEDULE_INPUT, (input, _request, [name = '']) => ({
        ScheduleArn: this.createSchedule(name, input),
      })),
      GetSchedule: (request, [name = '']) => json(200, describe(this.schedule(groupOf(request.query), name))),
      UpdateSchedule: jsonOperation(SCHEDULE_INPUT, (input, _request, [name = '']) => {
        const schedule = this.schedule(input.GroupName, name);
        parseRate(input.ScheduleExpression);
        this.schedules.delete(schedule.arn);
        return { ScheduleArn: this.createSchedule(name, input) };
      }),
      DeleteSchedule: (request, [name = '']) => {
        const schedule = this.schedule(groupOf(request.query), name);
        this.schedules.delete(schedule.arn);
        return json(200, {});
      },
      ListSchedules: (request) => {
        const group = request.query.get('ScheduleGroup');
        const all = [...this.schedules.values()].filter((each) => !group || each.GroupName === group);
        return json(200, { Schedules: all.map(summarize) });
      },
    });
  }

  /** Returns the ARN. @throws AwsError `ConflictException`, `ValidationException`, `NotImplemented` */
  createSchedule(name: string, input: ScheduleInput): string {
    const everyMs = parseRate(input.ScheduleExpression);
    const scheduleArn = arn(this.options.account, 'scheduler', `schedule/${input.GroupName}/${name}`);
    if (this.schedules.has(scheduleArn)) {
      throw new AwsError('ConflictException', `Schedule ${name} already exists.`, 409);
    }
    const schedule: Schedule = { ...input, name, arn: scheduleArn, createdAt: new Date() };
    this.schedules.set(scheduleArn, schedule);
    if (schedule.State === 'ENABLED') {
      const times = { everyMs, jitter: this.options.jitterOf?.(name) ?? PUNCTUAL };
      this.fireAfter(schedule, this.options.firstFireDelayMs(), PUNCTUAL, times);
    }
    return scheduleArn;
  }

  /** @param jitter of this time; `times` has that of the next */
  private fireAfter(
    schedule: Schedule,
    delayMs: number,
    jitter: ScheduleJitter,
    times: { readonly everyMs: number; readonly jitter: ScheduleJitter },
  ): void {
    const { timers, emit } = this.options;
    const isThere = () => this.schedules.get(schedule.arn) === schedule;
    // Never in the call that made the schedule: one millisecond at least.
    void timers.after(Math.max(delayMs, 1), async () => {
      if (!isThere()) return;
      this.fireAfter(schedule, times.everyMs, times.jitter, times);
      const deliveries = jitter().map((lateMs) =>
        timers.after(lateMs, async () => {
          if (!isThere()) return;
          emit({ type: 'schedule', name: schedule.name, targetArn: schedule.Target.Arn });
          await this.deliver(schedule);
        }),
      );
      await Promise.all(deliveries);
    });
  }

  private async deliver({ arn: scheduleArn, GroupName, Target }: Schedule): Promise<void> {
    const { deliver, timers, emit, account } = this.options;
    const delivery: Delivery = {
      targetArn: Target.Arn,
      input: inputOf(Target.Input, scheduleArn, account),
      roleArn: Target.RoleArn,
      groupArn: arn(account, 'scheduler', `schedule-group/${GroupName}`),
    };
    await deliverEvent({ by: 'scheduler', targetArn: Target.Arn, policy: Target.RetryPolicy, timers, emit }, () =>
      deliver(delivery),
    );
  }

  private schedule(group: string, name: string): Schedule {
    const schedule = this.schedules.get(arn(this.options.account, 'scheduler', `schedule/${group}/${name}`));
    if (schedule) return schedule;
    throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
  }
}

/** The milliseconds of `rate(5 minutes)`. */
function parseRate(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined && Number(count) > 0) return Number(count) * unitMs;
  if (/^(cron|at)\(.+\)$/.test(expression)) throw notModelled(`the schedule expression ${expression}`);
  throw new AwsError('ValidationException', `Invalid Schedule Expression ${expression}.`);
}

/** The target's input with the scheduler's own words filled in; without any, the scheduler's standard event. */
function inputOf(input: string | undefined, scheduleArn: string, account: Account): string {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const executionId = randomUUID();
  if (input === undefined) {
    return JSON.stringify({
      version: '0',
      id: executionId,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: account.id,
      time: now,
      region: account.region,
      resources: [scheduleArn],
      detail: '{}',
    });
  }
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', scheduleArn)
    .replaceAll('<aws.scheduler.scheduled-time>', now)
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

function groupOf(query: URLSearchParams): string {
  return query.get('groupName') ?? 'default';
}

function describe(schedule: Schedule): unknown {
  const { State, GroupName, ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target } = schedule;
  return {
    Name: schedule.name,
    Arn: schedule.arn,
    GroupName,
    State,
    ScheduleExpression,
    ScheduleExpressionTimezone,
    FlexibleTimeWindow,
    Target,
    Description: schedule.Description,
    CreationDate: schedule.createdAt.getTime() / 1000,
  };
}

function summarize({ name, arn: scheduleArn, GroupName, State, Target, createdAt }: Schedule): unknown {
  return {
    Name: name,
    Arn: scheduleArn,
    GroupName,
    State,
    Target: { Arn: Target.Arn },
    CreationDate: createdAt.getTime() / 1000,
  };
}
