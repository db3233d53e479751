import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { matchesPattern, patternOf } from '../../../lab/cloud/services/event-bridge/pattern.ts';
import { inputOf } from '../../../lab/cloud/services/event-bridge/transform.ts';
import { clientConfig, type LabAccount, openAccount } from './lab-account.ts';

const ROLE = 'arn:aws:iam::123456789012:role/events';
const EC2_EVENT = {
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  detail: { 'instance-id': 'i-1', state: 'stopping' },
};

describe('a pattern', () => {
  test.each([
    [{ source: ['aws.ec2'] }, true],
    [{ source: ['aws.rds', 'aws.ec2'], detail: { state: ['stopping'] } }, true],
    [{ detail: { state: ['stopped'] } }, false],
    [{ detail: { state: ['stop'] } }, false],
    [{ detail: { 'instance-id': ['i-1'], state: ['stopped', 'stopping'] } }, true],
    [{ detail: { name: ['i-1'] } }, false],
    [{ source: { state: ['stopping'] } }, false],
  ])('%j: %s', (pattern, taken) => {
    expect(matchesPattern(patternOf(pattern), EC2_EVENT)).toBe(taken);
  });

  test('of prefixes and the like is refused', () => {
    expect(() => patternOf({ source: [{ prefix: 'aws.' }] })).toThrow('does not model the matcher {"prefix":"aws."}');
  });
});

describe('an input transformer', () => {
  test('fills values in as JSON, and nothing where a path leads nowhere', () => {
    const InputTransformer = {
      InputPathsMap: { id: '$.detail.instance-id', all: '$.detail', none: '$.detail.nothing' },
      InputTemplate: '{"id":<id>,"all":<all>,"none":<none>}',
    };
    expect(JSON.parse(inputOf(EC2_EVENT, { InputTransformer }))).toEqual({
      id: 'i-1',
      all: EC2_EVENT.detail,
      none: '',
    });
  });

  test('without one the event itself is sent', () => {
    expect(JSON.parse(inputOf(EC2_EVENT, {}))).toEqual(EC2_EVENT);
  });
});

describe('over the wire', () => {
  let lab: LabAccount;
  let events: EventBridgeClient;
  let states: SFNClient;
  let machine: string;
  beforeEach(async () => {
    lab = await openAccount();
    const { identities } = lab.cloud;
    identities.addRole(ROLE, {
      Statement: {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: ['events.amazonaws.com', 'states.amazonaws.com'] },
      },
    });
    identities.attachPolicy(ROLE, {
      name: 'Start',
      document: { Statement: { Effect: 'Allow', Action: 'states:StartExecution', Resource: '*' } },
    });
    events = new EventBridgeClient(clientConfig(lab.cloud));
    states = new SFNClient(clientConfig(lab.cloud));
    const created = await states.send(
      new CreateStateMachineCommand({
        name: 'look',
        definition: JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Done',
          States: { Done: { Type: 'Succeed' } },
        }),
        roleArn: ROLE,
      }),
    );
    machine = created.stateMachineArn ?? '';
  });
  afterEach(async () => {
    events.destroy();
    states.destroy();
    await lab.close();
  });

  async function watchInstance(id = lab.old.instanceId): Promise<void> {
    const EventPattern = JSON.stringify({ source: ['aws.ec2'], detail: { 'instance-id': [id] } });
    await events.send(new PutRuleCommand({ Name: 'instances', EventPattern }));
    const InputTransformer = { InputPathsMap: { s: '$.detail.state' }, InputTemplate: '{"state":<s>}' };
    const Targets = [{ Id: '1', Arn: machine, RoleArn: ROLE, InputTransformer }];
    await events.send(new PutTargetsCommand({ Rule: 'instances', Targets }));
  }
  /** Inputs of what was started, in their order. */
  async function started(): Promise<unknown[]> {
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn: machine }));
    const inputs = executions.toReversed().map(async ({ executionArn }) => {
      const { input } = await states.send(new DescribeExecutionCommand({ executionArn }));
      return JSON.parse(input ?? '') as unknown;
    });
    return Promise.all(inputs);
  }
  const stop = (id = lab.old.instanceId) => lab.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));

  test('an instance that stops starts the target for each state that it enters', async () => {
    await watchInstance();
    await stop();
    await vi.waitFor(async () => expect(await started()).toEqual([{ state: 'stopping' }, { state: 'stopped' }]));
  });

  test('another instance starts nothing, and neither does a rule that is switched off', async () => {
    await watchInstance();
    await events.send(new DisableRuleCommand({ Name: 'instances' }));
    await stop();
    await stop(lab.next.instanceId);
    await vi.waitFor(() => expect(lab.next.state).toBe('stopped'));
    await events.send(new EnableRuleCommand({ Name: 'instances' }));
    expect(await started()).toEqual([]);
  });

  test('an alarm that is raised starts the target, and one that is over does not', async () => {
    const detail = { state: { value: ['ALARM'] }, alarmName: ['writes-fail'] };
    const EventPattern = JSON.stringify({ source: ['aws.cloudwatch'], detail });
    await events.send(new PutRuleCommand({ Name: 'alarms', EventPattern }));
    const InputTransformer = { InputPathsMap: { n: '$.detail.alarmName' }, InputTemplate: '{"name":<n>}' };
    const Targets = [{ Id: '1', Arn: machine, RoleArn: ROLE, InputTransformer }];
    await events.send(new PutTargetsCommand({ Rule: 'alarms', Targets }));
    const watch = new CloudWatchClient(clientConfig(lab.cloud));
    for (const AlarmName of ['other', 'writes-fail']) {
      await watch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: 'N',
          MetricName: 'M',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      );
      for (const StateValue of ['ALARM', 'OK'] as const) {
        await watch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a drill' }));
      }
    }
    watch.destroy();
    await vi.waitFor(async () => expect(await started()).toEqual([{ name: 'writes-fail' }]));
  });

  test('rules can be read', async () => {
    await watchInstance();
    expect(await events.send(new DescribeRuleCommand({ Name: 'instances' }))).toMatchObject({ State: 'ENABLED' });
    const { Rules } = await events.send(new ListRulesCommand({}));
    expect(Rules?.map(({ Name }) => Name)).toEqual(['instances']);
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: 'instances' }));
    expect(Targets).toMatchObject([{ Id: '1', Arn: machine }]);
    await expect(events.send(new DescribeRuleCommand({ Name: 'moon' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('a target that is no state machine is refused', async () => {
    await watchInstance();
    const Targets = [{ Id: '2', Arn: 'arn:aws:sns:eu-west-1:123456789012:topic', RoleArn: ROLE }];
    await expect(events.send(new PutTargetsCommand({ Rule: 'instances', Targets }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });
});
