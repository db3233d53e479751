/**
 * @module The services that state machines reach, and what each is called where: in a `Resource`, in the name of an
 * error, in its cause, and in the lab.
 */
/** How long a task waits: for the answer of the call, or for the end of the job that the call began. */
export type Pattern = 'request' | 'sync' | 'sync:2';

/** Actions of the optimized integrations that the lab runs, each with the patterns that it has. */
export const OPTIMIZED = {
  lambda: { invoke: ['request'] },
  sns: { publish: ['request'] },
  dynamodb: { getItem: ['request'], putItem: ['request'], updateItem: ['request'], deleteItem: ['request'] },
  events: { putEvents: ['request'] },
  states: { startExecution: ['request', 'sync', 'sync:2'] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly Pattern[]>>>>;

export type IntegratedService = keyof typeof OPTIMIZED;

export function isOptimized(service: string, action: string, pattern: Pattern): service is IntegratedService {
  if (!Object.hasOwn(OPTIMIZED, service)) return false;
  const actions: Readonly<Record<string, readonly Pattern[]>> = OPTIMIZED[service as IntegratedService];
  return Object.hasOwn(actions, action) && actions[action]?.includes(pattern) === true;
}

/** How errors of a service are named. */
export interface ServiceNames {
  /** Before the dot of an error's name, such as `DynamoDB` in `DynamoDB.ResourceNotFoundException`. */
  readonly prefix: string;
  /** What the cause calls the service. */
  readonly inCause: string;
  /** The exception that stands for every code which the service's own model doesn't list. */
  readonly base: string;
}

/** Optimized integrations speak as version 1 of the AWS SDK for Java does. */
export const OPTIMIZED_NAMES: Readonly<Record<IntegratedService, ServiceNames>> = {
  lambda: { prefix: 'Lambda', inCause: 'AWSLambda', base: 'AWSLambdaException' },
  sns: { prefix: 'SNS', inCause: 'AmazonSNS', base: 'AmazonSNSException' },
  dynamodb: { prefix: 'DynamoDB', inCause: 'AmazonDynamoDBv2', base: 'AmazonDynamoDBException' },
  events: { prefix: 'EventBridge', inCause: 'AmazonCloudWatchEvents', base: 'AmazonEventBridgeException' },
  states: { prefix: 'StepFunctions', inCause: 'AWSStepFunctions', base: 'AWSStepFunctionsException' },
};

export interface SdkServiceNames extends ServiceNames {
  /** The service's name in the credential scope. */
  readonly scope: string;
  /** Whether the protocol writes members in camel case, which a state machine writes in Pascal case. */
  readonly camelCase: boolean;
}

/** Services of `aws-sdk:…`, by the name in the resource; their errors speak as version 2 of that SDK does. */
export const SDK_SERVICES = {
  cloudwatch: sdkNames('CloudWatch', 'monitoring'),
  dynamodb: sdkNames('DynamoDb', 'dynamodb'),
  eventbridge: sdkNames('EventBridge', 'events'),
  secretsmanager: sdkNames('SecretsManager', 'secretsmanager'),
  sfn: sdkNames('Sfn', 'states', true),
} as const;

export type SdkService = keyof typeof SDK_SERVICES;

function sdkNames(name: string, scope: string, camelCase = false): SdkServiceNames {
  return { prefix: name, inCause: name, base: `${name}Exception`, scope, camelCase };
}

/** Codes that every service answers with and few list in their model. */
const UNLISTED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'InternalFailure',
  'NotImplemented',
  'SerializationException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/** The name of the exception that an SDK throws for a code, without the service in front. */
export function exceptionOf(code: string, { base, prefix }: ServiceNames): string {
  // Step Functions lists this one.
  const listed = code === 'ValidationException' && (prefix === 'Sfn' || prefix === 'StepFunctions');
  if (UNLISTED.has(code) && !listed) return base;
  return code.endsWith('Exception') ? code : `${code}Exception`;
}
