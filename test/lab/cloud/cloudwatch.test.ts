import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ALARM_INPUT, evaluate, type AlarmState } from '../../../lab/cloud/services/cloudwatch/alarm.ts';
import { embeddedMetrics } from '../../../lab/cloud/services/cloudwatch/embedded-metrics.ts';
import { MetricStore, STATISTICS } from '../../../lab/cloud/services/cloudwatch/metric-store.ts';
import { clientConfig, type LabAccount, openAccount } from './lab-account.ts';

const METRIC = { namespace: 'N', name: 'M', dimensions: { service: 's' } };

test.each(STATISTICS.map((statistic, index) => [statistic, [5, 1, 9, 3, 3][index]] as const))(
  'the %s of a period is %i',
  (statistic, expected) => {
    const store = new MetricStore();
    store.put(METRIC, 999, [100]);
    store.put(METRIC, 1_000, [1, 5]);
    store.put(METRIC, 1_999, [3]);
    store.put(METRIC, 2_000, [100]);
    store.put({ ...METRIC, dimensions: {} }, 1_500, [100]);
    expect(store.statistic(METRIC, statistic, 1_000, 2_000)).toBe(expected);
    expect(store.statistic(METRIC, statistic, 3_000, 4_000)).toBeUndefined();
  },
);

describe('a line of a log', () => {
  const line = (members: object) =>
    JSON.stringify({
      _aws: {
        Timestamp: 5,
        CloudWatchMetrics: [
          { Namespace: 'N', Dimensions: [['service']], Metrics: [{ Name: 'M' }, { Name: 'L' }] },
          { Namespace: 'N', Dimensions: [['service', 'seat']], Metrics: [{ Name: 'R' }] },
        ],
      },
      ...members,
    });

  test('has the metrics that it announces, by their dimensions', () => {
    expect(embeddedMetrics(line({ service: 's', seat: 'a/0', M: 1, L: [2, 3], R: 4 }))).toEqual([
      { metric: METRIC, atMs: 5, values: [1] },
      { metric: { ...METRIC, name: 'L' }, atMs: 5, values: [2, 3] },
      { metric: { namespace: 'N', name: 'R', dimensions: { service: 's', seat: 'a/0' } }, atMs: 5, values: [4] },
    ]);
  });

  test.each(['started orders-e2', '{"_aws":', '{"_aws":{}}', '{}'])('has none: %s', (text) => {
    expect(embeddedMetrics(text)).toEqual([]);
  });
});

describe('the state of an alarm', () => {
  const input = (changes: object) =>
    ALARM_INPUT.parse({
      AlarmName: 'a',
      Namespace: 'N',
      MetricName: 'M',
      Dimensions: [{ Name: 'service', Value: 's' }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      ...changes,
    });

  test.each<[string, readonly (number | null)[], object, AlarmState | null]>([
    ['every period breaches', [1, 1, 1], {}, 'ALARM'],
    ['one period does not', [1, 0, 1], {}, 'OK'],
    ['two of three are enough', [1, 0, 1], { DatapointsToAlarm: 2 }, 'ALARM'],
    ['nothing is known', [null, null, null], {}, 'INSUFFICIENT_DATA'],
    ['silence breaches', [null, null, null], { TreatMissingData: 'breaching' }, 'ALARM'],
    ['silence is well', [null, null, null], { TreatMissingData: 'notBreaching' }, 'OK'],
    ['silence changes nothing', [null, null, null], { TreatMissingData: 'ignore' }, null],
    ['too little', [0, 0, 0], { ComparisonOperator: 'LessThanThreshold', Threshold: 1 }, 'ALARM'],
  ])('%s', (_, values, changes, state) => {
    const store = new MetricStore();
    values.forEach((value, index) => value !== null && store.put(METRIC, 100 * index + 50, [value]));
    expect(evaluate(input(changes), store, { nowMs: 310, madeAtMs: 0, periodMs: 100 })).toBe(state);
  });

  test('no period from before the alarm counts as silent', () => {
    const breaching = input({ TreatMissingData: 'breaching' });
    expect(evaluate(breaching, new MetricStore(), { nowMs: 310, madeAtMs: 150, periodMs: 100 })).toBe('OK');
  });
});

describe('over the wire', () => {
  const SECOND_MS = 0.5;
  let lab: LabAccount;
  let client: CloudWatchClient;
  let topic: string;
  beforeEach(async () => {
    lab = await openAccount({ alarmSecondMs: SECOND_MS });
    client = new CloudWatchClient(clientConfig(lab.cloud));
    topic = lab.cloud.sns.createTopic('people');
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'lag',
        AlarmDescription: 'A replica lags. What to do: docs/runbooks/replica-lag.md',
        Namespace: 'N',
        MetricName: 'M',
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [topic],
        OKActions: [topic],
      }),
    );
  });
  afterEach(async () => {
    client.destroy();
    await lab.close();
  });
  const stateOf = async () => {
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['lag'] }));
    return MetricAlarms?.[0]?.StateValue;
  };
  const subjects = () => lab.cloud.sns.messages.map(({ subject }) => subject);

  test('a value raises the alarm, its absence ends it, and the topic is told of both', async () => {
    await vi.waitFor(async () => expect(await stateOf()).toBe('OK'));
    await client.send(new PutMetricDataCommand({ Namespace: 'N', MetricData: [{ MetricName: 'M', Value: 1 }] }));
    await vi.waitFor(() => expect(subjects()).toContain('ALARM: "lag" in eu-west-1'));
    await vi.waitFor(() => expect(subjects().at(-1)).toBe('OK: "lag" in eu-west-1'));
  });

  test('an alarm can be raised by hand', async () => {
    const raise = (AlarmName: string) =>
      client.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a drill' }));
    await raise('lag');
    const [told] = lab.cloud.sns.messages.filter(({ subject }) => subject.startsWith('ALARM'));
    expect(JSON.parse(told?.message ?? '{}')).toMatchObject({ AlarmName: 'lag', NewStateReason: 'a drill' });
    await expect(raise('moon')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  test('an action that is no topic is refused', async () => {
    const AlarmActions = ['arn:aws:lambda:eu-west-1:123456789012:function:f'];
    const alarm = { AlarmName: 'x', Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60 } as const;
    const limit = { EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' } as const;
    await expect(client.send(new PutMetricAlarmCommand({ ...alarm, ...limit, AlarmActions }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });
});
