import { describe, expect, it, vi } from 'vitest';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import { serviceIntegrations, type IntegrationPorts } from '../../../lab/cloud/services/step-functions/integrations.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const PUBLISH = 'arn:aws:states:::sns:publish';
const caller = { roleArn: 'arn:aws:iam::123456789012:role/workflow', signal: new AbortController().signal };

function setup() {
  const ports = {
    invokeFunction: vi.fn<IntegrationPorts['invokeFunction']>(async () => ({ statusCode: 200, payload: { ok: true } })),
    publish: vi.fn<IntegrationPorts['publish']>(async () => ({ messageId: 'm-1' })),
  };
  return { ports, invokeResource: serviceIntegrations(ports) };
}

describe('lambda:invoke', () => {
  it('gives the payload back with the version and the status', async () => {
    const { ports, invokeResource } = setup();
    const result = await invokeResource(INVOKE, { FunctionName: 'f', Payload: { epoch: 7 } }, caller);
    expect(result).toEqual({ ExecutedVersion: '$LATEST', Payload: { ok: true }, StatusCode: 200 });
    expect(ports.invokeFunction).toHaveBeenCalledExactlyOnceWith({
      functionName: 'f',
      qualifier: undefined,
      invocationType: 'RequestResponse',
      payload: { epoch: 7 },
      ...caller,
    });
  });

  it('fails with the type of the function’s error, and the error itself as the cause', async () => {
    const { ports, invokeResource } = setup();
    const payload = {
      errorType: 'FenceUnproven',
      errorMessage: 'no proof held',
      trace: ['FenceUnproven: no proof held'],
    };
    ports.invokeFunction.mockResolvedValue({ statusCode: 200, functionError: 'Unhandled', payload });
    await expect(invokeResource(INVOKE, { FunctionName: 'f' }, caller)).rejects.toEqual(
      new TaskError('FenceUnproven', JSON.stringify(payload)),
    );
  });

  it.each([
    ['Lambda.Unknown when the function died without saying why', { errorMessage: 'exited' }, 'Lambda.Unknown'],
    ['Sandbox.Timedout when the function ran out of time', { errorType: 'Sandbox.Timedout' }, 'Sandbox.Timedout'],
  ])('fails with %s', async (_claim, payload, error) => {
    const { ports, invokeResource } = setup();
    ports.invokeFunction.mockResolvedValue({ statusCode: 200, functionError: 'Unhandled', payload });
    await expect(invokeResource(INVOKE, { FunctionName: 'f' }, caller)).rejects.toMatchObject({ error });
  });

  it.each([
    ['the API’s exception', 'ResourceNotFoundException', 'Lambda.ResourceNotFoundException'],
    ['SdkClientException when there was no answer', 'Error', 'Lambda.SdkClientException'],
  ])('fails with the name of %s', async (_claim, name, error) => {
    const { ports, invokeResource } = setup();
    ports.invokeFunction.mockRejectedValue(Object.assign(new Error('why'), { name }));
    const call = invokeResource(INVOKE, { FunctionName: 'f' }, caller);
    await expect(call).rejects.toMatchObject({ error, cause: 'why' });
  });

  it.each([
    ['without a function', { Payload: {} }, "'FunctionName'"],
    ['with an argument that it does not honour', { FunctionName: 'f', LogType: 'Tail' }, '"LogType"'],
  ])('is refused %s', async (_claim, args, named) => {
    const call = setup().invokeResource(INVOKE, args, caller);
    await expect(call).rejects.toMatchObject({
      error: 'States.Runtime',
      cause: expect.stringContaining(named) as string,
    });
  });
});

describe('sns:publish', () => {
  it('publishes an object as its JSON text', async () => {
    const { ports, invokeResource } = setup();
    const result = await invokeResource(PUBLISH, { TopicArn: 't', Subject: 's', Message: { epoch: 8 } }, caller);
    expect(result).toEqual({ MessageId: 'm-1' });
    expect(ports.publish).toHaveBeenCalledExactlyOnceWith({
      topicArn: 't',
      subject: 's',
      message: '{"epoch":8}',
      messageAttributes: undefined,
      ...caller,
    });
  });

  it('fails with the name of the API’s exception', async () => {
    const { ports, invokeResource } = setup();
    ports.publish.mockRejectedValue(Object.assign(new Error('no topic'), { name: 'NotFoundException' }));
    const call = invokeResource(PUBLISH, { TopicArn: 't', Message: 'm' }, caller);
    await expect(call).rejects.toMatchObject({ error: 'SNS.NotFoundException' });
  });
});

describe('any other resource', () => {
  it('is named in the refusal', async () => {
    const call = setup().invokeResource('arn:aws:states:::aws-sdk:ec2:stopInstances', {}, caller);
    await expect(call).rejects.toMatchObject({
      error: 'NotImplemented',
      cause: expect.stringContaining('aws-sdk:ec2:stopInstances') as string,
    });
  });
});
