/**
 * @module Which wire protocol each service speaks, and how a refusal looks in it.
 *
 * Guarantees: an SDK client reads the code and the message of every refusal, whoever made it.
 */
import type { AwsResponse } from '../service.ts';
import type { AwsError } from './aws-error.ts';
import { element, type Xml } from './xml.ts';

export type Protocol = 'ec2-query' | 'query' | 'rest-xml' | 'json' | 'rest-json';

/** By the service name of the SigV4 credential scope. */
export const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  ec2: 'ec2-query',
  sns: 'query',
  sts: 'query',
  iam: 'query',
  route53: 'rest-xml',
  dynamodb: 'json',
  states: 'json',
  secretsmanager: 'json',
  events: 'json',
  monitoring: 'json',
  lambda: 'rest-json',
  scheduler: 'rest-json',
};

/** How a service speaks; of one that the lab doesn't have, how the caller takes it to speak. */
export function protocolOf(service: string, contentType: string | undefined): Protocol | undefined {
  const isForm = contentType?.startsWith('application/x-www-form-urlencoded') === true;
  return PROTOCOLS[service] ?? (isForm ? 'query' : undefined);
}

/** Writes a refusal in the shape of one protocol. A service that the lab doesn't know gets plain JSON. */
export function encodeError(protocol: Protocol | undefined, error: AwsError, requestId: string): AwsResponse {
  const { code, message, status } = error;
  switch (protocol) {
    case 'ec2-query':
      return xml(
        status,
        element('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId }),
      );
    case 'query':
    case 'rest-xml': {
      const type = status >= 500 ? 'Receiver' : 'Sender';
      return xml(
        status,
        element('ErrorResponse', { Error: { Type: type, Code: code, Message: message }, RequestId: requestId }),
      );
    }
    case 'json':
    case 'rest-json':
    case undefined:
  }
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

/** How each protocol says that it doesn't know the caller's access key. */
export function unknownCaller(protocol: Protocol | undefined): readonly [code: string, status: number] {
  if (protocol === 'ec2-query') return ['AuthFailure', 401];
  if (protocol === 'query' || protocol === 'rest-xml') return ['InvalidClientTokenId', 403];
  return ['UnrecognizedClientException', protocol === 'json' ? 400 : 403];
}

/** An XML answer with its declaration. */
export function xml(status: number, document: string): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  };
}

/** An answer of the query protocol. @param namespace such as `http://sns.amazonaws.com/doc/2010-03-31/` */
export function queryAnswer(namespace: string, action: string, requestId: string, result: Xml): AwsResponse {
  const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return xml(200, element(`${action}Response`, content, ` xmlns="${namespace}"`));
}
