/** What a client and a state machine see of a fault, over the wire; what was done is looked at in the world itself. */
import {
  AssignPrivateIpAddressesCommand,
  DescribeInstancesCommand,
  EC2Client,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FaultRuleInput } from '../../../../lab/cloud/faults/rule.ts';
import { clientConfig, openAccount, VIP, type LabAccount } from '../lab-account.ts';

let account: LabAccount;
const clients: { destroy(): void }[] = [];
const kept = <Client extends { destroy(): void }>(client: Client): Client => {
  clients.push(client);
  return client;
};

beforeAll(async () => {
  // The role of the machines is made by nobody.
  account = await openAccount({ unknownRoles: 'administrators' });
  account.cloud.route53.addHostedZone({
    zoneId: 'Z0FAULTS',
    name: 'example.internal',
    records: [{ name: 'db.example.internal.', type: 'A', ttlSeconds: 60, values: [VIP] }],
  });
});
afterEach(() => account.cloud.faults.lift());
afterAll(async () => {
  for (const client of clients) client.destroy();
  await account.close();
});

const failed = (call: Promise<unknown>) => call.catch((thrown: unknown) => thrown);
const arm = (...rules: FaultRuleInput[]) => account.cloud.faults.arm(rules);
/** A client that gives up on an answer after a tenth of a second. */
const impatient = (maxAttempts = 1) => ({
  ...clientConfig(account.cloud),
  maxAttempts,
  requestHandler: new NodeHttpHandler({ requestTimeout: 100, throwOnRequestTimeout: true }),
});
const stopOld = (client: EC2Client) => client.send(new StopInstancesCommand({ InstanceIds: [account.old.instanceId] }));

describe('a throttled call has the code and the status of its service', () => {
  const config = () => clientConfig(account.cloud);
  test.each<[string, string, number, () => Promise<unknown>]>([
    ['ec2', 'RequestLimitExceeded', 503, () => kept(new EC2Client(config())).send(new DescribeInstancesCommand({}))],
    ['dynamodb', 'ThrottlingException', 400, () => kept(new DynamoDBClient(config())).send(new ListTablesCommand({}))],
    [
      'lambda',
      'TooManyRequestsException',
      429,
      () => kept(new LambdaClient(config())).send(new InvokeCommand({ FunctionName: 'f' })),
    ],
    ['states', 'ThrottlingException', 400, () => kept(new SFNClient(config())).send(new ListStateMachinesCommand({}))],
    [
      'route53',
      'Throttling',
      400,
      () => kept(new Route53Client(config())).send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z0FAULTS' })),
    ],
    [
      'sns',
      'ThrottledException',
      429,
      () => kept(new SNSClient(config())).send(new PublishCommand({ TopicArn: 'a', Message: 'm' })),
    ],
    [
      'secretsmanager',
      'ThrottlingException',
      400,
      () => kept(new SecretsManagerClient(config())).send(new GetSecretValueCommand({ SecretId: 's' })),
    ],
    [
      'scheduler',
      'ThrottlingException',
      429,
      () => kept(new SchedulerClient(config())).send(new ListSchedulesCommand({})),
    ],
  ])('%s: %s, %i', async (service, name, httpStatusCode, call) => {
    arm({ service, fault: { kind: 'throttle' } });
    expect(await failed(call())).toMatchObject({ name, $metadata: { httpStatusCode } });
  });
});

describe('a client', () => {
  test('that tries three times gets through to calls that are throttled twice, each of them', async () => {
    arm({ attempts: 2, fault: { kind: 'throttle' } });
    // The SDK waits for a random part of a second and more.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    try {
      const client = kept(new EC2Client({ ...clientConfig(account.cloud), maxAttempts: 3 }));
      for (let call = 0; call < 2; call += 1) {
        const { $metadata } = await client.send(new DescribeInstancesCommand({}));
        expect($metadata.attempts).toBe(3);
      }
    } finally {
      vi.restoreAllMocks();
    }
  });

  test.each([
    ['hang', 'TimeoutError'],
    ['reset', 'TimeoutError'],
  ] as const)('whose call is not done and not answered (%s) sees %s, and nothing has changed', async (how, name) => {
    arm({ action: 'StopInstances', fault: { kind: 'timeout', how } });
    expect(await failed(stopOld(kept(new EC2Client(impatient()))))).toMatchObject({ name });
    expect(account.old.state).toBe('running');
    expect(account.events).toContainEqual(
      expect.objectContaining({ action: 'StopInstances', status: 0, code: 'NoAnswer' }),
    );
  });

  test.each(['hang', 'reset'] as const)('whose answer is lost (%s) sees the same, and all is done', async (how) => {
    arm({ action: 'AssignPrivateIpAddresses', fault: { kind: 'lost-response', how } });
    const to = how === 'hang' ? account.next : account.old;
    const move = new AssignPrivateIpAddressesCommand({
      NetworkInterfaceId: to.networkInterface.networkInterfaceId,
      PrivateIpAddresses: [how === 'hang' ? VIP : '127.42.1.101'],
      AllowReassignment: true,
    });
    expect(await failed(kept(new EC2Client(impatient())).send(move))).toMatchObject({ name: 'TimeoutError' });
    expect([...to.networkInterface.secondaryAddresses]).toContain(how === 'hang' ? VIP : '127.42.1.101');
  });

  test('whose answer to a conditional write is lost is told by its second attempt that the condition fails', async () => {
    const client = kept(new DynamoDBClient(impatient(2)));
    await client.send(
      new CreateTableCommand({
        TableName: 'locks',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    arm({ action: 'PutItem', attempts: 1, fault: { kind: 'lost-response', how: 'reset' } });
    const put = new PutItemCommand({
      TableName: 'locks',
      Item: { pk: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(await failed(client.send(put))).toMatchObject({
      name: 'ConditionalCheckFailedException',
      $metadata: { attempts: 2 },
    });
  });

  test('on whose lost answer the lab was closed hears of it at once', async () => {
    const other = await openAccount();
    other.cloud.faults.arm([{ fault: { kind: 'timeout', how: 'hang' } }]);
    const waiting = failed(other.ec2.send(new DescribeInstancesCommand({})));
    await vi.waitFor(() => expect(other.events).toHaveLength(1));
    await other.close();
    expect(await waiting).toBeInstanceOf(Error);
  });
});

describe('reads that are stale', () => {
  const stale = { kind: 'read', fault: { kind: 'stale-read', age: { distribution: 'fixed', ms: 150 } } } as const;

  test('show an instance as it was so long ago, and then as it is', async () => {
    arm({ service: 'ec2', ...stale });
    const states = async () => {
      const { Reservations = [] } = await account.ec2.send(
        new DescribeInstancesCommand({ InstanceIds: [account.next.instanceId] }),
      );
      return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State?.Name));
    };
    await vi.waitFor(async () => expect(await states()).toEqual(['running']));
    await account.ec2.send(new StopInstancesCommand({ InstanceIds: [account.next.instanceId] }));
    expect(account.next.state).not.toBe('running');
    expect(await states()).toEqual(['running']);
    await vi.waitFor(async () => expect(await states()).toEqual(['stopped']));
  });
});

describe('a task of a state machine', () => {
  let states: SFNClient | undefined;
  /** What a machine of one task ends with. */
  async function ended(task: object): Promise<{ error?: string | undefined; status?: string | undefined }> {
    const client = (states ??= kept(new SFNClient(clientConfig(account.cloud))));
    const { stateMachineArn } = await client.send(
      new CreateStateMachineCommand({
        name: `machine-${Math.random().toString(36).slice(2)}`,
        definition: JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Tell',
          States: { Tell: { ...task, End: true } },
        }),
        roleArn: 'arn:aws:iam::123456789012:role/machine',
      }),
    );
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    return vi.waitFor(async () => {
      const { status, error } = await client.send(new DescribeExecutionCommand({ executionArn }));
      expect(status).not.toBe('RUNNING');
      return { status, error };
    }, 3_000);
  }
  const tell = (more: object = {}) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    Arguments: { TopicArn: account.cloud.sns.createTopic('told'), Message: 'm' },
    ...more,
  });
  const published = () => account.cloud.sns.messages.length;

  test.each<[FaultRuleInput['fault'], string, number]>([
    [{ kind: 'throttle' }, 'SNS.ThrottledException', 0],
    [{ kind: 'internal-error' }, 'SNS.InternalErrorException', 0],
    [{ kind: 'timeout', how: 'reset' }, 'SNS.SdkClientException', 0],
    [{ kind: 'timeout', how: 'hang' }, 'States.Timeout', 0],
    [{ kind: 'lost-response', how: 'reset' }, 'SNS.SdkClientException', 1],
    [{ kind: 'lost-response', how: 'hang' }, 'States.Timeout', 1],
  ])('under %j fails with %s, and %i was published', async (fault, error, count) => {
    arm({ service: 'sns', principal: '*:role/machine', fault });
    const before = published();
    expect(await ended(tell({ TimeoutSeconds: 1 }))).toMatchObject({ status: 'FAILED', error });
    expect(published() - before).toBe(count);
  });

  test('that is tried again is one call: throttled once, it passes the second time', async () => {
    arm({ service: 'sns', attempts: 1, fault: { kind: 'throttle' } });
    const Retry = [{ ErrorEquals: ['SNS.ThrottledException'], IntervalSeconds: 1, MaxAttempts: 1 }];
    expect(await ended(tell({ Retry }))).toMatchObject({ status: 'SUCCEEDED' });
  });
});
