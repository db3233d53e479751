import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../lib/core/config.ts';
import { exampleConfig, synthesize } from './example.ts';
import { manyClusters } from './many-clusters.ts';
import { readable } from './readable.ts';
import { properties } from './resources.ts';

interface Rule {
  readonly EventPattern: { readonly detail: Readonly<Record<string, unknown>> };
  readonly Targets: readonly {
    readonly InputTransformer: { InputPathsMap: Readonly<Record<string, string>>; InputTemplate: string };
    readonly RetryPolicy: unknown;
    readonly Arn: unknown;
  }[];
}

const rulesOf = (config: ConfigInput) => properties(synthesize(config), 'AWS::Events::Rule') as unknown as Rule[];
const withAlarms = (...alarms: string[]): ConfigInput => ({
  ...exampleConfig(),
  clusters: exampleConfig().clusters.map((each) => ({ ...each, alarms })),
});

describe('a rule for EC2', () => {
  const [rule, ...others] = rulesOf(exampleConfig());

  it('takes every state in which an instance goes down, of every configured server and of no other', () => {
    expect(others).toEqual([]);
    expect(rule?.EventPattern).toEqual({
      source: ['aws.ec2'],
      'detail-type': ['EC2 Instance State-change Notification'],
      detail: {
        state: ['stopping', 'stopped', 'shutting-down', 'terminated'],
        'instance-id': exampleConfig().clusters[0]!.nodes.map((node) => node.instanceId),
      },
    });
  });

  it('starts the workflow with the instance and its state, and gives up after a minute', () => {
    const [target] = rule!.Targets;
    expect(readable(target?.Arn)).toBe('${FailoverWorkflowStateMachine}');
    expect(target?.InputTransformer).toEqual({
      InputPathsMap: { 'detail-instance-id': '$.detail.instance-id', 'detail-state': '$.detail.state' },
      InputTemplate: '{"trigger":{"kind":"ec2-event","instanceId":<detail-instance-id>,"state":<detail-state>}}',
    });
    expect(target?.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3 });
  });

  it('holds as many servers as a pattern may, and there are as many rules as that takes', () => {
    const config = manyClusters(60);
    const rules = rulesOf(config);
    expect(rules).toHaveLength(3);
    for (const { EventPattern } of rules) expect(JSON.stringify(EventPattern).length).toBeLessThanOrEqual(2_048);
    const ids = rules.flatMap(({ EventPattern }) => EventPattern.detail['instance-id'] as string[]);
    expect(ids).toEqual(config.clusters.flatMap(({ nodes }) => nodes.map((node) => node.instanceId)));
  });
});

describe('a rule for alarms', () => {
  it('is not there when no cluster names any', () => {
    expect(rulesOf(withAlarms())).toHaveLength(1);
  });

  it('takes those that the configuration names, when they are raised', () => {
    const [, rule] = rulesOf(withAlarms('orders-writes-fail', 'orders-p99'));
    expect(rule?.EventPattern).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { state: { value: ['ALARM'] }, alarmName: ['orders-writes-fail', 'orders-p99'] },
    });
    expect(rule?.Targets[0]?.InputTransformer.InputTemplate).toBe(
      '{"trigger":{"kind":"alarm","name":<detail-alarmName>}}',
    );
  });
});
