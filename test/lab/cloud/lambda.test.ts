import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Deployment } from '../../../lab/cloud/template/deployment.ts';
import { clientConfig, type LabAccount, openAccount } from './lab-account.ts';
import { synthesizeSampleStack } from './sample-stack.ts';

process.env['CDK_VALIDATION'] = 'false';

let account: LabAccount;
let deployment: Deployment;
let client: LambdaClient;
let assembly: string;

beforeAll(async () => {
  account = await openAccount();
  assembly = synthesizeSampleStack();
  deployment = await account.cloud.deploy(assembly);
  client = new LambdaClient(clientConfig(account.cloud));
});
afterAll(async () => {
  client.destroy();
  await account.close();
  rmSync(dirname(assembly), { recursive: true, force: true });
});

async function invoke(event: unknown, name = 'Probe') {
  const FunctionName = deployment.functionArn(name);
  const answer = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  const payload: unknown = JSON.parse(answer.Payload?.transformToString() ?? 'null');
  return { status: answer.StatusCode, functionError: answer.FunctionError, payload };
}

test('an invocation gives what the handler returns', async () => {
  expect(await invoke({ n: 1 })).toEqual({ status: 200, functionError: undefined, payload: { echo: { n: 1 } } });
  expect((await invoke({ n: 1 }, 'Outside')).payload).toEqual({ inline: { n: 1 } });
});

test('the handler sees the environment of its template and its role, and nothing of the process that runs the lab', async () => {
  process.env['LAB_SECRET'] = 'not for functions';
  const { payload } = await invoke({ do: 'environment' });
  delete process.env['LAB_SECRET'];
  expect(payload).toMatchObject({
    TABLE_NAME: deployment.tableName('Table'),
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: account.cloud.endpointUrl,
    AWS_LAMBDA_FUNCTION_NAME: deployment.functionName('Probe'),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    _HANDLER: 'index.handler',
  });
  expect(payload).not.toHaveProperty('LAB_SECRET');
  const { AWS_ACCESS_KEY_ID: key = '' } = payload as Record<string, string>;
  expect(account.cloud.identities.callerOf(key)).toEqual({
    principal: expect.stringMatching(/^arn:aws:iam::123456789012:role\/Sample-ProbeServiceRole/),
    session: deployment.functionName('Probe'),
    vpcId: 'vpc-0000000a',
    context: { 'lambda:sourcefunctionarn': deployment.functionArn('Probe') },
    functionName: deployment.functionName('Probe'),
    availabilityZone: 'eu-west-1a',
  });
});

test('the context tells the function, the request and the time that is left', async () => {
  const { payload } = await invoke({ do: 'context' });
  expect(payload).toMatchObject({
    name: deployment.functionName('Probe'),
    arn: deployment.functionArn('Probe'),
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  const { remainingMs } = payload as { remainingMs: number };
  expect(remainingMs).toBeGreaterThan(500);
  expect(remainingMs).toBeLessThanOrEqual(1000);
});

test('a sandbox is used again while it is idle, and a second one starts only when it is busy', async () => {
  const first = (await invoke({ do: 'count' })).payload as { pid: number; invocations: number };
  const second = (await invoke({ do: 'count' })).payload as { pid: number; invocations: number };
  expect(second).toEqual({ pid: first.pid, invocations: first.invocations + 1 });
  const together = await Promise.all([1, 2].map(() => invoke({ do: 'wait', milliseconds: 200 })));
  const pids = together.map(({ payload }) => (payload as { pid: number }).pid);
  expect(new Set(pids).size).toBe(2);
  expect(pids).toContain(first.pid);
});

describe('a function that fails', () => {
  test('by throwing reports the type, the message and the trace', async () => {
    const { functionError, payload } = await invoke({ do: 'throw' });
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({
      errorType: 'ToldTo',
      errorMessage: 'as told',
      trace: expect.arrayContaining([expect.stringContaining('index.mjs')]),
    });
  });

  test('by exiting reports the exit, and the next invocation gets a new sandbox', async () => {
    expect((await invoke({ do: 'exit' })).payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('exit status 3'),
    });
    expect((await invoke({ n: 2 })).payload).toEqual({ echo: { n: 2 } });
  });

  test('by taking longer than its timeout is ended', async () => {
    const { functionError, payload } = await invoke({ do: 'wait', milliseconds: 60_000 });
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds$/),
    });
  });
});

test('an event is accepted before the function has run, and its output is told line by line', async () => {
  const answer = await client.send(
    new InvokeCommand({
      FunctionName: deployment.functionArn('Probe'),
      InvocationType: 'Event',
      Payload: JSON.stringify({ do: 'say', line: 'told asynchronously' }),
    }),
  );
  expect(answer.StatusCode).toBe(202);
  const line = { type: 'log', functionName: deployment.functionName('Probe'), stream: 'stdout' };
  await vi.waitFor(() => expect(account.events).toContainEqual({ ...line, line: 'told asynchronously' }));
});

test('an unknown function is refused', async () => {
  const call = client.send(new InvokeCommand({ FunctionName: 'nobody' }));
  await expect(call).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('closing the cloud ends every sandbox, the busy ones too', async () => {
  const other = await openAccount();
  const { functionName } = await other.cloud
    .deploy(assembly)
    .then((each) => ({ functionName: each.functionName('Probe') }));
  const busy = other.cloud.lambda.invoke(functionName, JSON.stringify({ do: 'wait', milliseconds: 60_000 }));
  await vi.waitFor(() => expect(other.network.running()).toBeGreaterThan(0));
  await other.cloud.close();
  expect(await busy).toMatchObject({ ok: false });
  await vi.waitFor(() => expect(other.network.running()).toBe(0));
});
