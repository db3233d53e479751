/** @module Probes of executions, schedules and events. */
import { DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CreateScheduleCommand } from '@aws-sdk/client-scheduler';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import type { Probe } from '../capabilities.ts';
import { refusal } from '../clients.ts';
import { openAlarm } from '../fixtures/alarm.ts';
import { executionsStarted, openRule } from '../fixtures/rule.ts';
import { openMachine } from '../fixtures/workflow.ts';
import { schedule } from '../fixtures/schedule.ts';

export const workflowProbes = {
  jsonata: {
    title: 'state machines in JSONata run',
    async lack(scene) {
      const machine = await scene.echo();
      const { status, output } = await machine.ended(await machine.start({ n: 1 }));
      return output === '{"echo":{"n":1}}' ? undefined : `the execution is ${status} with ${output}`;
    },
  },
  definitionsChecked: {
    title: 'a definition that can not run is refused when it is created',
    async lack(scene) {
      const roleArn = await scene.role();
      const definition = JSON.stringify({ StartAt: 'Missing', States: { Other: { Type: 'Succeed' } } });
      const create = new CreateStateMachineCommand({ name: scene.name('contract'), roleArn, definition });
      const code = await refusal(scene.clients.sfn.send(create));
      return code === 'InvalidDefinition' ? undefined : `a machine that starts at a missing state: ${code}`;
    },
  },
  schedulerFires: {
    title: 'schedules fire',
    async lack(scene) {
      const { stateMachineArn } = await openMachine(scene, { Done: { Type: 'Pass', End: true } });
      await scene.clients.scheduler.send(new CreateScheduleCommand(await schedule(scene, stateMachineArn)));
      const started = await executionsStarted(scene, stateMachineArn);
      return started > 0 ? undefined : 'the target was never started';
    },
  },
  instanceEvents: {
    title: 'EventBridge tells of changes of instances',
    async lack(scene) {
      const stateMachineArn = await openRule(scene, {
        source: ['aws.ec2'],
        'detail-type': ['EC2 Instance State-change Notification'],
      });
      await (await scene.network()).addInstance();
      const started = await executionsStarted(scene, stateMachineArn);
      return started > 0 ? undefined : 'the target was never started';
    },
  },
  alarmsBeginBlank: {
    title: 'an alarm has no data when it is made',
    async lack(scene) {
      const { MetricAlarms } = await scene.clients.cloudWatch.send(
        new DescribeAlarmsCommand({ AlarmNames: [await openAlarm(scene)] }),
      );
      const state = MetricAlarms?.[0]?.StateValue;
      return state === 'INSUFFICIENT_DATA' ? undefined : `a new alarm is ${state}`;
    },
  },
  alarmEvents: {
    title: 'EventBridge tells of changes of alarms',
    async lack(scene) {
      const AlarmName = await openAlarm(scene);
      const stateMachineArn = await openRule(scene, {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: { alarmName: [AlarmName] },
      });
      await scene.clients.cloudWatch.send(
        new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'by hand' }),
      );
      const started = await executionsStarted(scene, stateMachineArn);
      return started > 0 ? undefined : 'the target was never started';
    },
  },
} satisfies Record<string, Probe>;
