import { DescribeAlarmsCommand, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import { refusal } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { openAlarm } from '../fixtures/alarm.ts';
import type { Scene } from '../scene.ts';

export function cloudWatchContract(claim: Claim): void {
  claim('an alarm begins without data', ['alarmsBeginBlank'], async (scene) => {
    expect(await stateOf(scene, await openAlarm(scene))).toMatchObject({ StateValue: 'INSUFFICIENT_DATA' });
  });

  claim('an alarm has the state that is set by hand', [], async (scene) => {
    const AlarmName = await openAlarm(scene);
    const change = { AlarmName, StateValue: 'ALARM', StateReason: 'by hand' } as const;
    await scene.clients.cloudWatch.send(new SetAlarmStateCommand(change));
    expect(await stateOf(scene, AlarmName)).toMatchObject({ StateValue: 'ALARM', StateReason: 'by hand' });
  });

  claim('the state of an unknown alarm is not set', [], async (scene) => {
    const unknown = { AlarmName: scene.name('none'), StateValue: 'OK', StateReason: 'by hand' } as const;
    expect(await refusal(scene.clients.cloudWatch.send(new SetAlarmStateCommand(unknown)))).toMatch(
      /^ResourceNotFound/,
    );
  });

  claim('values of a metric are taken', [], async (scene) => {
    const MetricData = [{ MetricName: 'FailoverSeconds', Value: 3.5, Unit: 'Seconds' as const }];
    const put = new PutMetricDataCommand({ Namespace: 'Contract', MetricData });
    expect(await refusal(scene.clients.cloudWatch.send(put))).toBe('accepted');
  });
}

async function stateOf({ clients }: Scene, AlarmName: string) {
  const { MetricAlarms } = await clients.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
  return MetricAlarms?.[0];
}
