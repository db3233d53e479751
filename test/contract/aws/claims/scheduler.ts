import { CreateScheduleCommand, DeleteScheduleCommand, GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { refusal } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { executionsStarted } from '../fixtures/rule.ts';
import { schedule } from '../fixtures/schedule.ts';
import { openMachine } from '../fixtures/workflow.ts';

export function schedulerContract(claim: Claim): void {
  claim('a schedule keeps its target and its retry policy', [], async (scene) => {
    const { scheduler } = scene.clients;
    const { stateMachineArn } = await scene.echo();
    const wanted = await schedule(scene, stateMachineArn);
    await scheduler.send(new CreateScheduleCommand(wanted));
    const { Target, ...found } = await scheduler.send(new GetScheduleCommand({ Name: wanted.Name }));
    expect(found).toMatchObject({ State: 'ENABLED', ScheduleExpression: 'rate(1 minute)' });
    expect(Target).toMatchObject(wanted.Target ?? {});
  });

  claim('a name is taken once', [], async (scene) => {
    const { scheduler } = scene.clients;
    const wanted = await schedule(scene, (await scene.echo()).stateMachineArn);
    await scheduler.send(new CreateScheduleCommand(wanted));
    // The client would send another token by itself, with which this is no repetition.
    expect(await refusal(scheduler.send(new CreateScheduleCommand(wanted)))).toBe('ConflictException');
  });

  claim('an unknown schedule is neither described nor deleted', [], async (scene) => {
    const Name = scene.name('none');
    const { scheduler } = scene.clients;
    expect(await refusal(scheduler.send(new GetScheduleCommand({ Name })))).toBe('ResourceNotFoundException');
    expect(await refusal(scheduler.send(new DeleteScheduleCommand({ Name })))).toBe('ResourceNotFoundException');
  });

  claim('a schedule starts its target with its input', ['schedulerFires'], async (scene) => {
    const { scheduler, sfn } = scene.clients;
    const { stateMachineArn } = await openMachine(scene, { Done: { Type: 'Pass', End: true } });
    await scheduler.send(new CreateScheduleCommand(await schedule(scene, stateMachineArn)));
    expect(await executionsStarted(scene, stateMachineArn)).toBeGreaterThan(0);
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn: executions?.[0]?.executionArn }));
    expect(input).toBe('{"from":"schedule"}');
  });
}
