/** @module The SDK's clients of one endpoint, and how the suite reads their refusals. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { AwsEndpoint } from './endpoint.ts';

export type Clients = ReturnType<typeof clientsOf>;

/** One attempt, so that a refusal is seen as it was. */
export function clientsOf({ client }: Pick<AwsEndpoint, 'client'>) {
  const config = { ...client, maxAttempts: 1 };
  return {
    cloudWatch: new CloudWatchClient(config),
    dynamoDb: new DynamoDBClient(config),
    ec2: new EC2Client(config),
    eventBridge: new EventBridgeClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    route53: new Route53Client(config),
    scheduler: new SchedulerClient(config),
    secrets: new SecretsManagerClient(config),
    sfn: new SFNClient(config),
    sns: new SNSClient(config),
  };
}

/** The code of a refused call, or `accepted`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return (await refusalOf(call))?.name ?? 'accepted';
}

/** The error of a refused call. */
export async function refusalOf(call: Promise<unknown>): Promise<Error | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
