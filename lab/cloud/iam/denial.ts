/** @module How AWS words a denial, in the code and status of each service. */
import type { Caller } from '../identities.ts';
import { AwsError } from '../wire/aws-error.ts';
import { PROTOCOLS } from '../wire/protocols.ts';

/** Nothing allows it; a statement denies it; the role doesn't trust who wants to use it; there is no such role. */
export type DenialReason = 'not-allowed' | 'denied' | 'not-trusted' | 'no-role';

export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
  readonly action: string;
  readonly resource: string;
  readonly reason: DenialReason;

  constructor(caller: Caller, action: string, resource: string, reason: DenialReason) {
    super(
      `User: ${sessionArn(caller)} is not authorized to perform: ${action} on resource: ${resource} ${why(action)[reason]}`,
    );
    this.action = action;
    this.resource = resource;
    this.reason = reason;
  }
}

function why(action: string): Readonly<Record<DenialReason, string>> {
  return {
    'not-allowed': `because no identity-based policy allows the ${action} action`,
    denied: 'with an explicit deny in an identity-based policy',
    'not-trusted': 'because its trust policy does not allow that',
    'no-role': 'because there is no such role',
  };
}

/** In the shape of the service that was called. */
export function denialAs(service: string, { message }: AccessDenied): AwsError {
  switch (PROTOCOLS[service]) {
    case 'ec2-query':
      return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, 403);
    case 'query':
      return new AwsError(service === 'sns' ? 'AuthorizationError' : 'AccessDenied', message, 403);
    case 'rest-xml':
      return new AwsError('AccessDenied', message, 403);
    case 'rest-json':
      return new AwsError('AccessDeniedException', message, 403);
    case 'json':
    case undefined:
  }
  return new AwsError('AccessDeniedException', message, 400);
}

/** A role in use is a session of it: `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
function sessionArn({ principal, session }: Caller): string {
  const [, account, name] = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(principal) ?? [];
  return session === undefined || name === undefined
    ? principal
    : `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
}
