import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { refusal } from '../clients.ts';
import type { Claim } from '../contract.ts';
import type { Scene } from '../scene.ts';

export function lambdaContract(claim: Claim): void {
  claim('a function gives what it returns', ['lambdaRuns'], async (scene) => {
    expect(await invoke(scene, { n: 1 })).toEqual({ FunctionError: undefined, payload: { echo: { n: 1 } } });
  });

  claim("a function's failure is a payload beside FunctionError, and no refusal", ['lambdaRuns'], async (scene) => {
    expect(await invoke(scene, { do: 'throw' })).toMatchObject({
      FunctionError: 'Unhandled',
      payload: { errorType: 'ToldTo', errorMessage: 'as told' },
    });
  });

  claim('an event is accepted with 202, before the function has run', ['lambdaRuns'], async (scene) => {
    const { functionArn: FunctionName } = await scene.prober();
    const command = new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: '{"n":1}' });
    expect((await scene.clients.lambda.send(command)).StatusCode).toBe(202);
  });

  claim('an unknown function is refused, and a payload that is not JSON', ['lambdaRuns'], async (scene) => {
    const { functionArn } = await scene.prober();
    const call = (FunctionName: string, Payload: string) =>
      refusal(scene.clients.lambda.send(new InvokeCommand({ FunctionName, Payload })));
    expect(await call(scene.name('none'), '{}')).toBe('ResourceNotFoundException');
    expect(await call(functionArn, '{')).toBe('InvalidRequestContentException');
  });

  claim('a function tells its configuration, an unknown one does not', [], async (scene) => {
    const { functionArn } = await scene.prober();
    const describe = (FunctionName: string) =>
      scene.clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    expect(await describe(functionArn)).toMatchObject({
      FunctionArn: functionArn,
      Handler: 'index.handler',
      Timeout: 5,
      Role: await scene.role(),
    });
    expect(await refusal(describe(scene.name('none')))).toBe('ResourceNotFoundException');
  });
}

async function invoke(scene: Scene, event: unknown) {
  const { functionArn: FunctionName } = await scene.prober();
  const { FunctionError, Payload } = await scene.clients.lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  return { FunctionError, payload: JSON.parse(Payload?.transformToString() ?? 'null') as unknown };
}
