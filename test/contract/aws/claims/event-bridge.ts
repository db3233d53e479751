import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { refusal } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { openAlarm } from '../fixtures/alarm.ts';
import { openRule } from '../fixtures/rule.ts';
import { stop } from '../probes/compute.ts';
import type { Scene } from '../scene.ts';

export function eventBridgeContract(claim: Claim): void {
  claim('a rule keeps its pattern, its state and its targets', [], async (scene) => {
    const { eventBridge } = scene.clients;
    const pattern = { source: ['aws.ec2'], detail: { state: ['stopped'] } };
    const Name = scene.name('contract');
    await eventBridge.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern), State: 'DISABLED' }));
    const rule = await eventBridge.send(new DescribeRuleCommand({ Name }));
    expect(rule.State).toBe('DISABLED');
    expect(JSON.parse(rule.EventPattern ?? 'null')).toEqual(pattern);
    const target = { Id: 'start', Arn: (await scene.echo()).stateMachineArn, RoleArn: await scene.role() };
    const { FailedEntryCount } = await eventBridge.send(new PutTargetsCommand({ Rule: Name, Targets: [target] }));
    expect(FailedEntryCount).toBe(0);
    const { Targets } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule: Name }));
    expect(Targets).toMatchObject([target]);
  });

  claim('an unknown rule is refused', [], async (scene) => {
    const unknown = new DescribeRuleCommand({ Name: scene.name('none') });
    expect(await refusal(scene.clients.eventBridge.send(unknown))).toBe('ResourceNotFoundException');
  });

  claim('each state that an instance enters is told, with its id', ['instanceEvents'], async (scene) => {
    const { instanceId } = await (await scene.network()).addInstance();
    const stateMachineArn = await openRule(scene, {
      source: ['aws.ec2'],
      'detail-type': ['EC2 Instance State-change Notification'],
      detail: { state: ['stopped'], 'instance-id': [instanceId] },
    });
    await stop(scene, instanceId);
    expect(await eventThatStarted(scene, stateMachineArn)).toMatchObject({
      source: 'aws.ec2',
      detail: { 'instance-id': instanceId, state: 'stopped' },
    });
  });

  claim('a change of an alarm is told, with its states', ['alarmEvents'], async (scene) => {
    const AlarmName = await openAlarm(scene);
    const stateMachineArn = await openRule(scene, {
      source: ['aws.cloudwatch'],
      detail: { alarmName: [AlarmName], state: { value: ['ALARM'] } },
    });
    const change = { AlarmName, StateValue: 'ALARM', StateReason: 'by hand' } as const;
    await scene.clients.cloudWatch.send(new SetAlarmStateCommand(change));
    expect(await eventThatStarted(scene, stateMachineArn)).toMatchObject({
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: AlarmName, state: { value: 'ALARM', reason: 'by hand' } },
    });
  });
}

/** The input of the execution that a rule has started. */
async function eventThatStarted(scene: Scene, stateMachineArn: string): Promise<unknown> {
  const { sfn } = scene.clients;
  return scene.eventually(async () => {
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn: executions?.[0]?.executionArn }));
    return JSON.parse(input ?? 'null') as unknown;
  });
}
