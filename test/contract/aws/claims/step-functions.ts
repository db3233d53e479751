import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { refusal } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { openMachine } from '../fixtures/workflow.ts';
import type { Scene } from '../scene.ts';

export function stepFunctionsContract(claim: Claim): void {
  claim(
    'an execution ends with the output of its last state, and its history tells how',
    ['jsonata'],
    async (scene) => {
      const machine = await scene.echo();
      const executionArn = await machine.start({ n: 1 });
      const { status, output } = await machine.ended(executionArn);
      expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '{"echo":{"n":1}}' });
      expect(await eventTypes(scene, executionArn)).toEqual([
        'ExecutionStarted',
        'PassStateEntered',
        'PassStateExited',
        'ExecutionSucceeded',
      ]);
    },
  );

  claim('a task is a function, and its failure is caught by its type', ['jsonata', 'lambdaRuns'], async (scene) => {
    const { functionArn } = await scene.prober();
    const machine = await openMachine(scene, {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: functionArn, Payload: '{% $states.input %}' },
        Output: '{% $states.result.Payload %}',
        Catch: [{ ErrorEquals: ['ToldTo'], Next: 'Tell', Output: '{% $states.errorOutput.Error %}' }],
        End: true,
      },
      Tell: { Type: 'Pass', End: true },
    });
    const answered = await machine.ended(await machine.start({ n: 1 }));
    expect(answered.output).toBe('{"echo":{"n":1}}');
    const caught = await machine.ended(await machine.start({ do: 'throw' }));
    expect({ status: caught.status, output: caught.output }).toEqual({ status: 'SUCCEEDED', output: '"ToldTo"' });
    expect(await eventTypes(scene, caught.executionArn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  claim(
    'one name runs once: again with the same input while it runs, else it is refused',
    ['jsonata'],
    async (scene) => {
      const machine = await scene.waiter();
      const name = scene.name('once');
      const first = await machine.start({ seconds: 1 }, name);
      expect(await machine.start({ seconds: 1 }, name)).toBe(first);
      expect(await refusal(machine.start({ seconds: 2 }, name))).toBe('ExecutionAlreadyExists');
      await machine.ended(first);
      expect(await refusal(machine.start({ seconds: 1 }, name))).toBe('ExecutionAlreadyExists');
    },
  );

  claim('an execution that is stopped is ABORTED, with what was said', ['jsonata'], async (scene) => {
    const machine = await scene.waiter();
    const executionArn = await machine.start({ seconds: 60 });
    await scene.clients.sfn.send(new StopExecutionCommand({ executionArn, error: 'Told', cause: 'by the contract' }));
    const { status, error, cause } = await machine.ended(executionArn);
    expect({ status, error, cause }).toEqual({ status: 'ABORTED', error: 'Told', cause: 'by the contract' });
  });

  claim('an execution that fails tells its error, and only such a one is redriven', ['jsonata'], async (scene) => {
    const machine = await openMachine(scene, { Refuse: { Type: 'Fail', Error: 'Refused', Cause: 'no proof' } });
    const executionArn = await machine.start({});
    const { status, error, cause } = await machine.ended(executionArn);
    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'Refused', cause: 'no proof' });
    expect(await refusal(scene.clients.sfn.send(new RedriveExecutionCommand({ executionArn })))).toBe('accepted');
    const done = await (await scene.echo()).start({});
    await (await scene.echo()).ended(done);
    const redrive = scene.clients.sfn.send(new RedriveExecutionCommand({ executionArn: done }));
    expect(await refusal(redrive)).toBe('ExecutionNotRedrivable');
  });

  claim('what does not exist is refused by name', [], async (scene) => {
    const { sfn } = scene.clients;
    const { stateMachineArn } = await scene.echo();
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:none`;
    const start = new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}-none` });
    expect(await refusal(sfn.send(start))).toBe('StateMachineDoesNotExist');
    const describe = new DescribeStateMachineCommand({ stateMachineArn: `${stateMachineArn}-none` });
    expect(await refusal(sfn.send(describe))).toBe('StateMachineDoesNotExist');
    expect(await refusal(sfn.send(new DescribeExecutionCommand({ executionArn })))).toBe('ExecutionDoesNotExist');
  });

  claim('a name, an input and an ARN that can not be one are refused', [], async (scene) => {
    const { sfn } = scene.clients;
    const { stateMachineArn } = await scene.echo();
    const start = (more: object) => refusal(sfn.send(new StartExecutionCommand({ stateMachineArn, ...more })));
    expect(await start({ name: 'has a space' })).toBe('InvalidName');
    expect(await start({ name: 'x'.repeat(81) })).toBe('ValidationException');
    expect(await start({ input: '{' })).toBe('InvalidExecutionInput');
    expect(await start({ stateMachineArn: 'arn:aws:states:nonsense' })).toBe('InvalidArn');
  });

  claim('a definition that can not run is refused when it is created', ['definitionsChecked'], async (scene) => {
    const roleArn = await scene.role();
    const create = (definition: string) =>
      scene.clients.sfn.send(
        new CreateStateMachineCommand({
          name: scene.name('contract'),
          roleArn,
          definition,
        }),
      );
    expect(await refusal(create('{'))).toBe('InvalidDefinition');
    const missing = JSON.stringify({ StartAt: 'Missing', States: { Other: { Type: 'Succeed' } } });
    expect(await refusal(create(missing))).toBe('InvalidDefinition');
  });
}

async function eventTypes({ clients }: Scene, executionArn: string | undefined) {
  const { events = [] } = await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  return events.map(({ type }) => type);
}
