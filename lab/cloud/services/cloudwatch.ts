/**
 * @module CloudWatch: metrics from calls and from lines of logs, and alarms on them.
 *
 * Guarantees: each alarm is evaluated soon after one of its periods has ended; a change of its state tells its topics and the
 * event bus. Periods can be made shorter than they are written, so that a test needn't wait for minutes.
 *
 * Left out: metric math, percentiles, composite alarms, anomaly detection, actions other than SNS, queries of metrics,
 * periods that are not whole. AWS looks back further than the evaluation periods where data is missing; the lab does not,
 * and it takes no period from before the alarm was made for a silent one.
 */
import * as z from 'zod';
import { type Account, arn } from '../account.ts';
import type { AwsService } from '../service.ts';
import type { Timers } from '../timers.ts';
import { AwsError, notModelled } from '../wire/aws-error.ts';
import { jsonOperation, operations } from '../wire/operations.ts';
import { ALARM_INPUT, type AlarmInput, type AlarmState, evaluate, STATES } from './cloudwatch/alarm.ts';
import { embeddedMetrics } from './cloudwatch/embedded-metrics.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import type { Emitted } from './event-bridge.ts';

interface Alarm {
  readonly input: AlarmInput;
  readonly arn: string;
  readonly madeAtMs: number;
  state: AlarmState;
  reason: string;
  updatedAtMs: number;
}

export interface CloudWatchOptions {
  readonly account: Account;
  readonly timers: Timers;
  /** How long a second of an alarm's period lasts, in milliseconds: 1,000 as written. */
  readonly secondMs: number;
  readonly publish: (topicArn: string, subject: string, message: string, alarmArn: string) => void;
  readonly emit: (event: Emitted) => void;
}

/** From the end of a period to its evaluation, in seconds: values come a little late. AWS gives no figure. */
const EVALUATED_AFTER_SECONDS = 10;

const DATUM = z.strictObject({
  MetricName: z.string(),
  Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
  Value: z.number().optional(),
  Values: z.array(z.number()).optional(),
  Timestamp: z.number().optional(),
  Unit: z.string().optional(),
  StorageResolution: z.number().optional(),
});

export class CloudWatch {
  readonly service: AwsService;
  readonly metrics = new MetricStore();
  private readonly options: CloudWatchOptions;
  private readonly alarms = new Map<string, Alarm>();

  constructor(options: CloudWatchOptions) {
    this.options = options;
    this.service = operations('monitoring', {
      PutMetricData: jsonOperation(
        z.strictObject({ Namespace: z.string(), MetricData: z.array(DATUM) }),
        ({ Namespace, MetricData }) => {
          for (const { MetricName, Dimensions, Value, Values = [], Timestamp } of MetricData) {
            const dimensions = Object.fromEntries(Dimensions.map((each) => [each.Name, each.Value]));
            const atMs = Timestamp === undefined ? Date.now() : Timestamp * 1_000;
            const values = Value === undefined ? Values : [Value, ...Values];
            this.metrics.put({ namespace: Namespace, name: MetricName, dimensions }, atMs, values);
          }
        },
      ),
      PutMetricAlarm: jsonOperation(ALARM_INPUT, (input) => void this.putAlarm(input)),
      DescribeAlarms: jsonOperation(
        z.strictObject({ AlarmNames: z.array(z.string()).optional(), StateValue: z.enum(STATES).optional() }),
        ({ AlarmNames, StateValue }) => ({
          MetricAlarms: [...this.alarms.values()]
            .filter(
              ({ input, state }) => AlarmNames?.includes(input.AlarmName) !== false && (StateValue ?? state) === state,
            )
            .map(describe),
          CompositeAlarms: [],
        }),
      ),
      DeleteAlarms: jsonOperation(z.strictObject({ AlarmNames: z.array(z.string()) }), ({ AlarmNames }) => {
        const unknown = AlarmNames.filter((each) => !this.alarms.has(each));
        if (unknown.length > 0) {
          throw new AwsError('ResourceNotFound', `Alarms [${unknown.join(', ')}] do not exist`, 404);
        }
        for (const name of AlarmNames) this.alarms.delete(name);
      }),
      SetAlarmState: jsonOperation(
        z.strictObject({
          AlarmName: z.string(),
          StateValue: z.enum(STATES),
          StateReason: z.string(),
          StateReasonData: z.string().optional(),
        }),
        ({ AlarmName, StateValue, StateReason }) => {
          const alarm = this.alarms.get(AlarmName);
          if (!alarm) throw new AwsError('ResourceNotFound', `Alarm ${AlarmName} does not exist`, 404);
          this.enter(alarm, StateValue, StateReason);
        },
      ),
    });
  }

  /** Takes the metrics of a line that a function has logged, if it has any. */
  takeLine(line: string): void {
    for (const { metric, atMs, values } of embeddedMetrics(line)) this.metrics.put(metric, atMs, values);
  }

  /** Makes or replaces an alarm, which begins without data. Returns its ARN. @throws AwsError `NotImplemented` */
  putAlarm(input: AlarmInput): string {
    for (const action of [input.AlarmActions, input.OKActions, input.InsufficientDataActions].flat()) {
      if (!action.includes(':sns:')) throw notModelled(`the alarm action ${action}`);
    }
    const madeAtMs = Date.now();
    const alarm: Alarm = {
      input,
      arn: arn(this.options.account, 'cloudwatch', `alarm:${input.AlarmName}`),
      madeAtMs,
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      updatedAtMs: madeAtMs,
    };
    this.alarms.set(input.AlarmName, alarm);
    this.evaluateAfterPeriod(alarm);
    return alarm.arn;
  }

  /** Undefined for an alarm that was not made. */
  stateOf(alarmName: string): AlarmState | undefined {
    return this.alarms.get(alarmName)?.state;
  }

  private evaluateAfterPeriod(alarm: Alarm): void {
    const { secondMs } = this.options;
    const periodMs = alarm.input.Period * secondMs;
    const lateMs = EVALUATED_AFTER_SECONDS * secondMs;
    const leftMs = periodMs - ((Date.now() - lateMs) % periodMs);
    // One millisecond at least, or the timer would be told in the call that made it.
    void this.options.timers.after(Math.max(1, leftMs), () => {
      if (this.alarms.get(alarm.input.AlarmName) !== alarm) return;
      this.evaluateAfterPeriod(alarm);
      const state = evaluate(alarm.input, this.metrics, { nowMs: Date.now(), madeAtMs: alarm.madeAtMs, periodMs });
      if (state !== null && state !== alarm.state)
        this.enter(alarm, state, `${alarm.input.MetricName} of the last periods`);
    });
  }

  private enter(alarm: Alarm, state: AlarmState, reason: string): void {
    const { account, publish, emit } = this.options;
    const before = { value: alarm.state, reason: alarm.reason, timestamp: new Date(alarm.updatedAtMs).toISOString() };
    Object.assign(alarm, { state, reason, updatedAtMs: Date.now() });
    const { AlarmName, AlarmDescription, ActionsEnabled } = alarm.input;
    const timestamp = new Date(alarm.updatedAtMs).toISOString();
    if (ActionsEnabled) {
      const message = JSON.stringify({
        AlarmName,
        AlarmDescription: AlarmDescription ?? null,
        NewStateValue: state,
        NewStateReason: reason,
        StateChangeTime: timestamp,
        OldStateValue: before.value,
        AlarmArn: alarm.arn,
      });
      // A subject has at most 100 characters.
      const subject = `${state}: "${AlarmName}" in ${account.region}`.slice(0, 100);
      for (const action of actionsOf(alarm.input, state)) publish(action, subject, message, alarm.arn);
    }
    emit({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [alarm.arn],
      detail: { alarmName: AlarmName, state: { value: state, reason, timestamp }, previousState: before },
    });
  }
}

function actionsOf({ AlarmActions, OKActions, InsufficientDataActions }: AlarmInput, state: AlarmState) {
  return { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state];
}

function describe({ input, arn: alarmArn, state, reason, updatedAtMs }: Alarm): unknown {
  return {
    ...input,
    AlarmArn: alarmArn,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: updatedAtMs / 1_000,
  };
}
