/**
 * @module What the product relies on of AWS, as one suite on the SDK alone: it runs against the lab and can run against
 * any other endpoint that has the fixtures.
 */
import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  AssignPrivateIpAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ChangeResourceRecordSetsCommand, GetChangeCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

/** What has to be there before the suite runs. */
export interface AwsFixtures {
  /** How the SDK's clients reach the endpoint. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Two running instances of one subnet; the first holds `vip` as a secondary address. */
  readonly instances: readonly [InstanceFixture, InstanceFixture];
  readonly vip: string;
  /** An address outside the instances' subnet. */
  readonly foreignAddress: string;
  /** A group without ingress rules, in the instances' VPC. */
  readonly fenceGroupId: string;
  readonly hostedZoneId: string;
  readonly recordName: string;
  /** A table with the string keys `pk` and `sk`. */
  readonly tableName: string;
  readonly topicArn: string;
  /** Does what its event's `do` says: `throw` fails with the type `ToldTo`, anything else is echoed. */
  readonly functionArn: string;
  /** Invokes the function with the execution's input and gives its payload; catches `ToldTo`. */
  readonly stateMachineArn: string;
  readonly scheduleName: string;
  /** How long the endpoint may take for what it does asynchronously. */
  readonly patienceMs: number;
  close(): Promise<void>;
}

export interface InstanceFixture {
  readonly instanceId: string;
  readonly networkInterfaceId: string;
}

export function awsContract(name: string, open: () => Promise<AwsFixtures>): void {
  describe(`AWS as the product needs it, by ${name}`, () => {
    let aws: AwsFixtures;
    beforeAll(async () => {
      aws = await open();
    });
    afterAll(() => aws.close());

    const config = () => ({ ...aws.client, maxAttempts: 1 });
    const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: aws.patienceMs, interval: 20 });
    const refused = (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => 'accepted',
        (error: Error) => error.name,
      );

    describe('EC2', () => {
      let ec2: EC2Client;
      beforeAll(() => {
        ec2 = new EC2Client(config());
      });

      const holders = async (address: string) => {
        const { NetworkInterfaces = [] } = await ec2.send(
          new DescribeNetworkInterfacesCommand({
            NetworkInterfaceIds: aws.instances.map((each) => each.networkInterfaceId),
          }),
        );
        // Exact addresses are compared here: filters match prefixes in some implementations.
        return NetworkInterfaces.filter((each) =>
          each.PrivateIpAddresses?.some(({ PrivateIpAddress }) => PrivateIpAddress === address),
        ).map((each) => each.NetworkInterfaceId);
      };

      test('a reassigned address leaves its old interface: it never has two holders', async () => {
        const [from, to] = aws.instances;
        expect(await holders(aws.vip)).toEqual([from.networkInterfaceId]);
        await ec2.send(
          new AssignPrivateIpAddressesCommand({
            NetworkInterfaceId: to.networkInterfaceId,
            PrivateIpAddresses: [aws.vip],
            AllowReassignment: true,
          }),
        );
        await eventually(async () => expect(await holders(aws.vip)).toEqual([to.networkInterfaceId]));
      });

      test('an address that another holds is not given away without AllowReassignment, nor one of another subnet', async () => {
        const [{ networkInterfaceId: NetworkInterfaceId }] = aws.instances;
        const assign = (address: string) =>
          refused(ec2.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: [address] })));
        expect(await assign(aws.vip)).toBe('InvalidParameterValue');
        expect(await assign(aws.foreignAddress)).toBe('InvalidParameterValue');
      });

      test('a change of groups replaces the whole set', async () => {
        const [{ networkInterfaceId: NetworkInterfaceId }] = aws.instances;
        const groups = async () => {
          const { NetworkInterfaces } = await ec2.send(
            new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }),
          );
          return NetworkInterfaces?.[0]?.Groups?.map((each) => each.GroupId) ?? [];
        };
        const change = (ids: (string | undefined)[]) =>
          ec2.send(
            new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: ids.flatMap((id) => id ?? []) }),
          );
        const before = await groups();
        await change([aws.fenceGroupId]);
        await eventually(async () => expect(await groups()).toEqual([aws.fenceGroupId]));
        await change(before);
        await eventually(async () => expect(await groups()).toEqual(before));
      });

      test('a dry run of a mutation answers DryRunOperation and changes nothing', async () => {
        const [, { instanceId }] = aws.instances;
        const stop = new StopInstancesCommand({ InstanceIds: [instanceId], Force: true, DryRun: true });
        expect(await refused(ec2.send(stop))).toBe('DryRunOperation');
        expect(await stateOf(instanceId)).toBe(16);
      });

      test('an instance is stopping for a while before it is stopped, and its address stays with it', async () => {
        const [{ instanceId, networkInterfaceId }] = aws.instances;
        const { StoppingInstances } = await ec2.send(
          new StopInstancesCommand({ InstanceIds: [instanceId], Force: true, SkipOsShutdown: true }),
        );
        expect(StoppingInstances?.[0]?.CurrentState?.Code).toBe(64);
        await eventually(async () => expect(await stateOf(instanceId)).toBe(80));
        const { NetworkInterfaces } = await ec2.send(
          new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterfaceId] }),
        );
        expect(NetworkInterfaces?.[0]?.PrivateIpAddress).toBeDefined();
        await ec2.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
        await eventually(async () => expect(await stateOf(instanceId)).toBe(16));
      });

      test('an unknown instance is refused', async () => {
        const call = ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-0fedcba9876543210'] }));
        expect(await refused(call)).toBe('InvalidInstanceID.NotFound');
      });

      /** EC2 says to look at the low byte only. */
      async function stateOf(instanceId: string): Promise<number> {
        const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
        return (Reservations?.[0]?.Instances?.[0]?.State?.Code ?? -1) & 255;
      }
    });

    test('Route 53 accepts an UPSERT as PENDING and reports it INSYNC later', async () => {
      const route53 = new Route53Client(config());
      const { ChangeInfo } = await route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: aws.hostedZoneId,
          ChangeBatch: {
            Changes: [
              {
                Action: 'UPSERT',
                ResourceRecordSet: {
                  Name: aws.recordName,
                  Type: 'A',
                  TTL: 5,
                  ResourceRecords: [{ Value: '10.0.0.9' }],
                },
              },
            ],
          },
        }),
      );
      expect(ChangeInfo?.Status).toBe('PENDING');
      await eventually(async () => {
        const { ChangeInfo: now } = await route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }));
        expect(now?.Status).toBe('INSYNC');
      });
    });

    test('DynamoDB lets exactly one of many conditional writers win', async () => {
      const dynamodb = new DynamoDBClient(config());
      const Key = { pk: { S: `CLUSTER#${randomUUID()}` }, sk: { S: 'STATE' } };
      const TableName = aws.tableName;
      await dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, epoch: { N: '1' } } }));
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, (_, writer) =>
          dynamodb.send(
            new UpdateItemCommand({
              TableName,
              Key,
              UpdateExpression: 'SET epoch = epoch + :one, holder = :holder',
              ConditionExpression: 'epoch = :seen AND attribute_not_exists(holder)',
              ExpressionAttributeValues: { ':one': { N: '1' }, ':seen': { N: '1' }, ':holder': { S: String(writer) } },
            }),
          ),
        ),
      );
      const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
      expect(reasons).toHaveLength(9);
      expect(reasons.every((reason) => reason instanceof ConditionalCheckFailedException)).toBe(true);
      const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      expect(Item?.['epoch']).toEqual({ N: '2' });
    });

    test('SNS takes a message for a topic that exists and no other', async () => {
      const sns = new SNSClient(config());
      const publish = (TopicArn: string) => sns.send(new PublishCommand({ TopicArn, Subject: 's', Message: 'm' }));
      expect((await publish(aws.topicArn)).MessageId).toBeTruthy();
      expect(await refused(publish(`${aws.topicArn}-none`))).toBe('NotFoundException');
    });

    test('Lambda gives what the function returns, and its failure as a payload beside FunctionError', async () => {
      const lambda = new LambdaClient(config());
      const invoke = async (event: unknown) => {
        const command = new InvokeCommand({ FunctionName: aws.functionArn, Payload: JSON.stringify(event) });
        const { FunctionError, Payload } = await lambda.send(command);
        return { FunctionError, payload: JSON.parse(Payload?.transformToString() ?? 'null') as unknown };
      };
      expect(await invoke({ n: 1 })).toEqual({ FunctionError: undefined, payload: { echo: { n: 1 } } });
      expect(await invoke({ do: 'throw' })).toMatchObject({
        FunctionError: 'Unhandled',
        payload: { errorType: 'ToldTo', errorMessage: 'as told' },
      });
    });

    test('Scheduler keeps a schedule with its target and its retry policy', async () => {
      const scheduler = new SchedulerClient(config());
      const schedule = await scheduler.send(new GetScheduleCommand({ Name: aws.scheduleName }));
      expect(schedule).toMatchObject({
        State: 'ENABLED',
        ScheduleExpression: 'rate(1 minute)',
        Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
      });
    });

    describe('Step Functions', () => {
      let sfn: SFNClient;
      beforeAll(() => {
        sfn = new SFNClient(config());
      });

      const start = (name: string, input: unknown) =>
        sfn.send(
          new StartExecutionCommand({ stateMachineArn: aws.stateMachineArn, name, input: JSON.stringify(input) }),
        );
      const finished = (executionArn: string | undefined) =>
        vi.waitFor(
          async () => {
            const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
            expect(execution.status).not.toBe('RUNNING');
            return execution;
          },
          { timeout: aws.patienceMs, interval: 20 },
        );

      test('an execution runs the function and ends with its answer', async () => {
        const { executionArn } = await start(randomUUID(), { n: 1 });
        const { status, output } = await finished(executionArn);
        expect({ status, output: JSON.parse(output ?? 'null') as unknown }).toEqual({
          status: 'SUCCEEDED',
          output: { echo: { n: 1 } },
        });
        const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
        expect(events?.map((each) => each.type)).toEqual([
          'ExecutionStarted',
          'TaskStateEntered',
          'TaskScheduled',
          'TaskStarted',
          'TaskSucceeded',
          'TaskStateExited',
          'ExecutionSucceeded',
        ]);
      });

      test("a function's failure can be caught by its type", async () => {
        const { executionArn } = await start(randomUUID(), { do: 'throw' });
        const { status, output } = await finished(executionArn);
        expect(status).toBe('SUCCEEDED');
        expect(JSON.parse(output ?? 'null')).toMatchObject({
          Error: 'ToldTo',
          Cause: expect.stringContaining('as told'),
        });
      });

      test('one name runs once: the same input while it runs is the same execution, anything else is refused', async () => {
        const name = randomUUID();
        const input = { do: 'wait', milliseconds: 500 };
        const first = await start(name, input);
        const again = await start(name, input);
        expect(again).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
        expect(await refused(start(name, { n: 2 }))).toBe('ExecutionAlreadyExists');
        await finished(first.executionArn);
        expect(await refused(start(name, input))).toBe('ExecutionAlreadyExists');
      });
    });
  });
}
