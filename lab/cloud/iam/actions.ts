/** @module What every call that the lab can judge asks of IAM, by service and API action. */
import { actionOf } from '../wire/action.ts';
import type { Asked, Call, Mappings } from './authorization.ts';
import { DYNAMODB } from './actions/dynamodb.ts';
import { EC2 } from './actions/ec2.ts';
import { EVENTS } from './actions/events.ts';
import { LAMBDA } from './actions/lambda.ts';
import { SECRETS_MANAGER, SNS } from './actions/messages-and-secrets.ts';
import { ROUTE53 } from './actions/route53.ts';
import { STEP_FUNCTIONS } from './actions/step-functions.ts';

/** By the service name of the SigV4 credential scope. */
export const MAPPINGS: Readonly<Record<string, Mappings>> = {
  dynamodb: DYNAMODB,
  ec2: EC2,
  events: EVENTS,
  lambda: LAMBDA,
  route53: ROUTE53,
  secretsmanager: SECRETS_MANAGER,
  sns: SNS,
  states: STEP_FUNCTIONS,
};

/** Undefined for a call that the lab can't judge. */
export function askedBy(service: string, call: Omit<Call, 'pathParameters'>): readonly Asked[] | undefined {
  const { name, pathParameters } = actionOf(service, call.request);
  const mappings = MAPPINGS[service] ?? {};
  return Object.hasOwn(mappings, name) ? mappings[name]?.({ ...call, pathParameters }) : undefined;
}
