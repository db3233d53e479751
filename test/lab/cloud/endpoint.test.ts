import {
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  EC2Client,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ListTablesCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListLayersCommand } from '@aws-sdk/client-lambda';
import { GetChangeCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { guessedLatency } from '../../../lab/cloud/latency.ts';
import { clientConfig, type LabAccount, openAccount } from './lab-account.ts';

let account: LabAccount;
beforeAll(async () => {
  account = await openAccount();
});
afterAll(() => account.close());

const failed = (call: Promise<unknown>) => call.catch((thrown: unknown) => thrown);

describe('a refusal reaches the SDK with its code and status, in the shape of the service', () => {
  const config = () => clientConfig(account.cloud);
  test.each([
    ['ec2', () => new EC2Client(config()).send(new DescribeInstancesCommand({}))],
    ['route53', () => new Route53Client(config()).send(new GetChangeCommand({ Id: 'C1' }))],
    ['dynamodb', () => new DynamoDBClient(config()).send(new ListTablesCommand({}))],
    ['sns', () => new SNSClient(config()).send(new PublishCommand({ TopicArn: 'arn', Message: 'm' }))],
    ['lambda', () => new LambdaClient(config()).send(new InvokeCommand({ FunctionName: 'f' }))],
    ['scheduler', () => new SchedulerClient(config()).send(new ListSchedulesCommand({}))],
    ['secretsmanager', () => new SecretsManagerClient(config()).send(new GetSecretValueCommand({ SecretId: 's' }))],
  ])('%s', async (service, call) => {
    account.cloud.faults.arm([{ service, fault: { kind: 'error', code: 'ServiceUnavailable', status: 503 } }]);
    try {
      const error = await failed(call());
      expect(error).toMatchObject({
        name: 'ServiceUnavailable',
        message: 'injected by the lab',
        $metadata: { httpStatusCode: 503 },
      });
    } finally {
      account.cloud.faults.lift();
    }
  });
});

test('a call that the lab does not answer is refused by its name', async () => {
  const keyPairs = await failed(account.ec2.send(new DescribeKeyPairsCommand({})));
  expect(keyPairs).toMatchObject({ name: 'NotImplemented', message: 'the lab does not model ec2 DescribeKeyPairs' });
  const lambda = new LambdaClient(clientConfig(account.cloud));
  const layers = await failed(lambda.send(new ListLayersCommand({})));
  expect(layers).toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('GET /2018-10-31') });
});

test('an access key that was never issued is refused', async () => {
  const credentials = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'none' };
  const stranger = new EC2Client({ ...clientConfig(account.cloud), credentials });
  expect(await failed(stranger.send(new DescribeInstancesCommand({})))).toMatchObject({ name: 'AuthFailure' });
});

test('every call is told with its action, its caller and its outcome', async () => {
  account.events.length = 0;
  await failed(account.ec2.send(new StopInstancesCommand({ InstanceIds: ['i-nonsense'] })));
  expect(account.events).toMatchObject([
    {
      type: 'call',
      service: 'ec2',
      action: 'StopInstances',
      principal: 'arn:aws:iam::123456789012:user/operator',
      status: 400,
      code: 'InvalidInstanceID.Malformed',
    },
  ]);
});

test('latency delays a call by what its table says, and 0 by nothing', async () => {
  const durationMs = async (): Promise<number> => {
    const startedAt = performance.now();
    await account.ec2.send(new DescribeInstancesCommand({}));
    return performance.now() - startedAt;
  };
  account.cloud.setLatency(guessedLatency(1));
  expect(await durationMs()).toBeGreaterThanOrEqual(99);
  account.cloud.setLatency(guessedLatency(0));
  expect(await durationMs()).toBeLessThan(99);
});

test('a call from inside a VPC is answered only where the VPC has a way to the service', async () => {
  const { cloud } = account;
  const principal = 'arn:aws:iam::123456789012:role/f';
  const look = { Effect: 'Allow', Action: 'ec2:DescribeInstances', Resource: '*' };
  cloud.identities.attachPolicy(principal, { name: 'Look', document: { Statement: look } });
  const credentials = cloud.identities.issue({ principal, vpcId: 'vpc-0000000a' });
  const inside = new EC2Client({
    ...clientConfig(cloud),
    credentials,
    requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true },
  });
  expect(await failed(inside.send(new DescribeInstancesCommand({})))).toMatchObject({ name: 'TimeoutError' });
  cloud.world.addVpcEndpoint('vpc-0000000a', 'ec2');
  const answer = await inside.send(new DescribeInstancesCommand({}));
  expect(answer.Reservations).toHaveLength(2);
  inside.destroy();
});

test('closing the cloud cuts the calls that wait, and is no fault of the lab', async () => {
  const latency = vi.fn(() => 60_000);
  const other = await openAccount({ latency });
  const waiting = failed(other.ec2.send(new DescribeInstancesCommand({})));
  await vi.waitFor(() => expect(latency).toHaveBeenCalled());
  await other.close();
  expect(await waiting).toBeInstanceOf(Error);
  expect(other.events).toEqual([]);
});
