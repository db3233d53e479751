/** @module Calls a JSON service of the lab from inside, the way the deployment itself or a state machine would. */
import { randomUUID } from 'node:crypto';
import type { AwsRequest, AwsResponse, AwsService } from '../service.ts';
import { AwsError } from '../wire/aws-error.ts';

/** What stands before the action in the target header, by the service's name in the credential scope. */
export const TARGETS: Readonly<Record<string, string>> = {
  dynamodb: 'DynamoDB_20120810',
  events: 'AWSEvents',
  monitoring: 'GraniteServiceVersion20100801',
  secretsmanager: 'secretsmanager',
  states: 'AWSStepFunctions',
};

/** A call of the deployment's own. @throws AwsError with the code and message of the service's refusal */
export function callJson(service: AwsService, target: string, input: unknown): Promise<unknown> {
  return answerOf(service, jsonRequest(service.name, target, input, 'cloudformation.amazonaws.com'));
}

/** @param service by its name in the credential scope  @param principal who calls */
export function jsonRequest(service: string, target: string, input: unknown, principal: string): AwsRequest {
  return {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      // dynalite looks for a signature, but does not check it.
      authorization: `AWS4-HMAC-SHA256 Credential=deployment/20260101/lab/${service}/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: Buffer.from(JSON.stringify(input)),
    caller: { principal },
    requestId: randomUUID(),
  };
}

/** @throws AwsError with the code and message of the service's refusal */
export async function answerOf(service: AwsService, request: AwsRequest): Promise<unknown> {
  const response = await service.handle(request);
  if (response.status >= 400) throw refusalOf(response);
  return response.body === '' ? {} : (JSON.parse(response.body) as unknown);
}

function refusalOf({ status, body }: AwsResponse): AwsError {
  const { __type: type = 'InternalFailure', ...rest } = JSON.parse(body) as Readonly<Record<string, string>>;
  // DynamoDB puts a name space before the code.
  return new AwsError(type.split('#').at(-1) ?? type, rest['message'] ?? rest['Message'] ?? '', status);
}
