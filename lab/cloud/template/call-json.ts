/** @module Calls a JSON service of the lab from inside, the way the deployment itself would. */
import { randomUUID } from 'node:crypto';
import type { AwsService } from '../service.ts';

/** @throws Error with the service's answer when it refuses */
export async function callJson(service: AwsService, target: string, input: unknown): Promise<unknown> {
  const response = await service.handle({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      // dynalite looks for a signature, but does not check it.
      authorization: `AWS4-HMAC-SHA256 Credential=deployment/20260101/lab/${service.name}/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: Buffer.from(JSON.stringify(input)),
    caller: { principal: 'cloudformation.amazonaws.com' },
    requestId: randomUUID(),
  });
  if (response.status >= 400) throw new Error(`${target} was refused: ${response.body}`);
  return JSON.parse(response.body) as unknown;
}
