import { describe, expect, it } from 'vitest';
import { synthesize } from './example.ts';
import { readable } from './readable.ts';
import { properties } from './resources.ts';

const template = synthesize();
const targets = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(
  ({ Properties: { ScheduleExpression, Target } }) => [
    readable(Target.Arn),
    ScheduleExpression as string,
    JSON.parse(Target.Input as string) as unknown,
  ],
);

describe('the schedules', () => {
  it('start every monitor each minute with its name, and a rehearsal each five, which keeps the step functions warm', () => {
    expect(targets).toEqual([
      ['${FailoverRehearsalMachineStateMachine}', 'rate(5 minutes)', {}],
      ['${FailoverMonitorsaFunction.Arn}', 'rate(1 minute)', { monitor: 'a', shard: 0 }],
      ['${FailoverMonitorsbFunction.Arn}', 'rate(1 minute)', { monitor: 'b', shard: 0 }],
      ['${FailoverMonitorscFunction.Arn}', 'rate(1 minute)', { monitor: 'c', shard: 0 }],
    ]);
  });

  it('never retry, and drop what is a minute late', () => {
    for (const schedule of properties(template, 'AWS::Scheduler::Schedule')) {
      expect(schedule).toMatchObject({
        State: 'ENABLED',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
      });
    }
  });
});
