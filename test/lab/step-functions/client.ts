/**
 * @module The AWS SDK's own client, speaking to the lab's service without a socket in between.
 */
import { SFNClient } from '@aws-sdk/client-sfn';
import { StepFunctionsService, type StepFunctionsOptions } from '../../../lab/cloud/services/step-functions.ts';

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export function connect(options: Partial<StepFunctionsOptions> = {}) {
  const service = new StepFunctionsService({
    accountId: '123456789012',
    region: 'eu-central-1',
    invokeResource: async () => ({}),
    ...options,
  });
  const client = new SFNClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: HttpRequest) => {
        const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
        const answer = await service.handle({
          method: request.method,
          path: request.path,
          query: new URLSearchParams(),
          headers: Object.fromEntries(headers),
          body:
            typeof request.body === 'string'
              ? Buffer.from(request.body)
              : Buffer.copyBytesFrom(request.body ?? new Uint8Array()),
          caller: { principal: 'arn:aws:iam::123456789012:role/test' },
          requestId: 'request-1',
        });
        const body = new ReadableStream({
          start: (controller) => {
            controller.enqueue(new TextEncoder().encode(answer.body));
            controller.close();
          },
        });
        return { response: { statusCode: answer.status, headers: { ...answer.headers }, body } };
      },
    },
  });
  return { service, client };
}
