import { BatchGetItemCommand, DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  AssignPrivateIpAddressesCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ChangeResourceRecordSetsCommand, GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../lab/cloud/iam/conditions.ts';
import { clientConfig, type LabAccount, openAccount, VIP } from '../cloud/lab-account.ts';

const ROLE = 'arn:aws:iam::123456789012:role/worker';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/worker/code';
const IN_REGION = 'eu-west-1:123456789012';
const ZONE_ID = 'Z0000000000001';

let account: LabAccount;
let secretArn: string;

beforeAll(async () => {
  account = await openAccount();
  const { cloud } = account;
  cloud.identities.addRole(ROLE, {
    Statement: {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    },
  });
  cloud.route53.addHostedZone({ zoneId: ZONE_ID, name: 'example.internal' });
  cloud.sns.createTopic('topic');
  secretArn = cloud.world.addSecret('app/secret', 'x').arn;
});
afterAll(() => account.close());
beforeEach(() => {
  account.events.length = 0;
});

interface Statement {
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

/** How the clients of somebody who has the role are made, once it allows this and nothing else. */
function allowedTo(statements: readonly Statement[], context: RequestContext = {}) {
  const { cloud } = account;
  const document = { Statement: statements.map((each) => ({ Effect: 'Allow', ...each })) };
  cloud.identities.attachPolicy(ROLE, { name: 'Policy', document });
  return { ...clientConfig(cloud), credentials: cloud.identities.issue({ principal: ROLE, session: 'code', context }) };
}

const nothing = () => allowedTo([{ Action: 'none:Nothing', Resource: '*' }]);
const failed = (call: Promise<unknown>) => call.catch((thrown: unknown) => thrown);
const because = (action: string, resource: string) =>
  `User: ${SESSION} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

describe('a denied call is answered in the words, code and status of its service', () => {
  type Config = ReturnType<typeof nothing>;
  const table = `arn:aws:dynamodb:${IN_REGION}:table/t`;
  const machine = `arn:aws:states:${IN_REGION}:stateMachine:m`;
  const topic = `arn:aws:sns:${IN_REGION}:topic`;
  test.each<[string, (config: Config) => Promise<unknown>, string, number, string]>([
    [
      'dynamodb',
      (config) => new DynamoDBClient(config).send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })),
      'AccessDeniedException',
      400,
      because('dynamodb:GetItem', table),
    ],
    [
      'route53',
      (config) => new Route53Client(config).send(new GetHostedZoneCommand({ Id: ZONE_ID })),
      'AccessDenied',
      403,
      because('route53:GetHostedZone', `arn:aws:route53:::hostedzone/${ZONE_ID}`),
    ],
    [
      'sns',
      (config) => new SNSClient(config).send(new PublishCommand({ TopicArn: topic, Message: 'm' })),
      'AuthorizationErrorException',
      403,
      because('sns:Publish', topic),
    ],
    [
      'states',
      (config) => new SFNClient(config).send(new StartExecutionCommand({ stateMachineArn: machine })),
      'AccessDeniedException',
      400,
      because('states:StartExecution', machine),
    ],
    [
      'lambda',
      (config) => new LambdaClient(config).send(new InvokeCommand({ FunctionName: 'f' })),
      'AccessDeniedException',
      403,
      because('lambda:InvokeFunction', `arn:aws:lambda:${IN_REGION}:function:f`),
    ],
    [
      'secretsmanager',
      (config) => new SecretsManagerClient(config).send(new GetSecretValueCommand({ SecretId: 'gone' })),
      'AccessDeniedException',
      400,
      because('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${IN_REGION}:secret:gone`),
    ],
  ])('%s', async (_service, call, name, httpStatusCode, message) => {
    const error = await failed(call(nothing()));
    expect(error).toMatchObject({ name, message, $metadata: { httpStatusCode } });
  });

  test('ec2, and the cloud tells of it', async () => {
    const stop = new StopInstancesCommand({ InstanceIds: [account.old.instanceId] });
    const resource = `arn:aws:ec2:${IN_REGION}:instance/${account.old.instanceId}`;
    const message = because('ec2:StopInstances', resource);
    const error = await failed(new EC2Client(nothing()).send(stop));
    expect(error).toMatchObject({
      name: 'UnauthorizedOperation',
      message: `You are not authorized to perform this operation. ${message}`,
      $metadata: { httpStatusCode: 403 },
    });
    expect(account.old.state).toBe('running');
    expect(account.events).toMatchObject([
      { type: 'denied', principal: ROLE, action: 'ec2:StopInstances', resource, reason: 'not-allowed', message },
      { type: 'call', action: 'StopInstances', status: 403, code: 'UnauthorizedOperation' },
    ]);
  });
});

describe('a call is allowed on what the policy names', () => {
  const instance = (id: string) => `arn:aws:ec2:${IN_REGION}:instance/${id}`;

  test('a dry run says that it would succeed only where it is allowed', async () => {
    const { old, next } = account;
    const ec2 = new EC2Client(allowedTo([{ Action: 'ec2:StopInstances', Resource: instance(old.instanceId) }]));
    const dry = (id: string) => failed(ec2.send(new StopInstancesCommand({ InstanceIds: [id], DryRun: true })));
    expect(await dry(old.instanceId)).toMatchObject({ name: 'DryRunOperation' });
    expect(await dry(next.instanceId)).toMatchObject({ name: 'UnauthorizedOperation' });
    const both = new StopInstancesCommand({ InstanceIds: [old.instanceId, next.instanceId], DryRun: true });
    expect(await failed(ec2.send(both))).toMatchObject({ name: 'UnauthorizedOperation' });
  });

  test('a change of groups on the interface, and on each group', async () => {
    const { networkInterfaceId } = account.old.networkInterface;
    const action = 'ec2:ModifyNetworkInterfaceAttribute';
    const eni = `arn:aws:ec2:${IN_REGION}:network-interface/${networkInterfaceId}`;
    const group = `arn:aws:ec2:${IN_REGION}:security-group/${account.databases.groupId}`;
    const swap = new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: networkInterfaceId,
      Groups: [account.databases.groupId],
      DryRun: true,
    });
    const swapWith = (Resource: readonly string[]) =>
      failed(new EC2Client(allowedTo([{ Action: action, Resource }])).send(swap));
    expect(await swapWith([eni])).toMatchObject({ message: expect.stringContaining(because(action, group)) as string });
    expect(await swapWith([group])).toMatchObject({ message: expect.stringContaining(because(action, eni)) as string });
    expect(await swapWith([eni, group])).toMatchObject({ name: 'DryRunOperation' });
  });

  test('a secret by the ARN that only the service knows', async () => {
    const Resource = `arn:aws:secretsmanager:${IN_REGION}:secret:app/secret-??????`;
    const secrets = new SecretsManagerClient(allowedTo([{ Action: 'secretsmanager:GetSecretValue', Resource }]));
    expect(await secrets.send(new GetSecretValueCommand({ SecretId: 'app/secret' }))).toMatchObject({ ARN: secretArn });
  });

  test('an instance, an interface and a secret by a tag', async () => {
    const { old, next, cloud } = account;
    const tagged = [old.instanceId, old.networkInterface.networkInterfaceId, secretArn];
    for (const id of tagged) cloud.world.tag(id, [['Team', 'data']]);
    const config = allowedTo([
      {
        Action: ['ec2:StopInstances', 'ec2:AssignPrivateIpAddresses', 'secretsmanager:GetSecretValue'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'data' } },
      },
    ]);
    const ec2 = new EC2Client(config);
    const stop = (...InstanceIds: string[]) =>
      failed(ec2.send(new StopInstancesCommand({ InstanceIds, DryRun: true })));
    expect(await stop(old.instanceId)).toMatchObject({ name: 'DryRunOperation' });
    expect(await stop(next.instanceId)).toMatchObject({ name: 'UnauthorizedOperation' });
    expect(await stop(old.instanceId, next.instanceId)).toMatchObject({ name: 'UnauthorizedOperation' });
    const { networkInterfaceId: NetworkInterfaceId } = next.networkInterface;
    const assign = new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: [VIP] });
    expect(await failed(ec2.send(assign))).toMatchObject({ name: 'UnauthorizedOperation' });
    const secrets = new SecretsManagerClient(config);
    expect(await secrets.send(new GetSecretValueCommand({ SecretId: 'app/secret' }))).toMatchObject({ ARN: secretArn });
  });

  test('each table of a batch, and an index by its own name', async () => {
    const tables = `arn:aws:dynamodb:${IN_REGION}:table/`;
    const dynamodb = new DynamoDBClient(
      allowedTo([{ Action: ['dynamodb:BatchGetItem', 'dynamodb:Query'], Resource: `${tables}a` }]),
    );
    const Keys = [{ pk: { S: 'a' } }];
    const batch = new BatchGetItemCommand({ RequestItems: { a: { Keys }, b: { Keys } } });
    expect(await failed(dynamodb.send(batch))).toMatchObject({
      message: because('dynamodb:BatchGetItem', `${tables}b`),
    });
    const query = new QueryCommand({ TableName: 'a', IndexName: 'i', KeyConditionExpression: 'pk = :a' });
    expect(await failed(dynamodb.send(query))).toMatchObject({
      message: because('dynamodb:Query', `${tables}a/index/i`),
    });
  });

  test('an execution by the name of its machine', async () => {
    const Resource = `arn:aws:states:${IN_REGION}:execution:m:*`;
    const states = new SFNClient(allowedTo([{ Action: 'states:DescribeExecution', Resource }]));
    const look = (machine: string) =>
      failed(
        states.send(
          new DescribeExecutionCommand({ executionArn: `arn:aws:states:${IN_REGION}:execution:${machine}:e` }),
        ),
      );
    expect(await look('m')).toMatchObject({ name: 'ExecutionDoesNotExist' });
    expect(await look('m2')).toMatchObject({ name: 'AccessDeniedException' });
  });

  test('records of the names, types and actions in the condition', async () => {
    const change = (Action: 'UPSERT' | 'DELETE', Name: string) =>
      failed(
        new Route53Client(
          allowedTo([
            {
              Action: 'route53:ChangeResourceRecordSets',
              Resource: `arn:aws:route53:::hostedzone/${ZONE_ID}`,
              Condition: {
                'ForAllValues:StringEquals': {
                  'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['db.example.internal'],
                  'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
                  'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
                },
              },
            },
          ]),
        ).send(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: ZONE_ID,
            ChangeBatch: {
              Changes: [
                { Action, ResourceRecordSet: { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.0.0.1' }] } },
              ],
            },
          }),
        ),
      );
    expect(await change('UPSERT', 'DB.example.internal.')).toMatchObject({ $metadata: { httpStatusCode: 200 } });
    expect(await change('UPSERT', 'other.example.internal')).toMatchObject({ name: 'AccessDenied' });
    expect(await change('DELETE', 'db.example.internal')).toMatchObject({ name: 'AccessDenied' });
  });
});

test('a denial wins over an allowance, and says so', async () => {
  const Action = ['ec2:AssignPrivateIpAddresses', 'ec2:DescribeSubnets'];
  const sourceFunction = `arn:aws:lambda:${IN_REGION}:function:code`;
  const statements = [
    { Action, Resource: '*' },
    {
      Effect: 'Deny',
      Action,
      Resource: '*',
      Condition: { ArnLike: { 'lambda:SourceFunctionArn': `arn:aws:lambda:${IN_REGION}:function:*` } },
    },
  ] as const;
  const NetworkInterfaceId = account.old.networkInterface.networkInterfaceId;
  const assign = new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: [VIP] });
  const code = new EC2Client(allowedTo(statements, { 'lambda:sourcefunctionarn': sourceFunction }));
  expect(await failed(code.send(assign))).toMatchObject({
    name: 'UnauthorizedOperation',
    message: expect.stringMatching(/with an explicit deny in an identity-based policy$/) as string,
  });
  const lambdaItself = new EC2Client(allowedTo(statements));
  expect(await lambdaItself.send(new DescribeSubnetsCommand({}))).toMatchObject({
    Subnets: expect.anything() as unknown,
  });
});

test('a call that the lab could not judge is refused to whom it would matter', async () => {
  const schedules = (config: ReturnType<typeof nothing>) =>
    failed(new SchedulerClient(config).send(new ListSchedulesCommand({})));
  const almostAll = [
    { Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
  ] as const;
  expect(await schedules(allowedTo(almostAll))).toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('what IAM asks of scheduler ListSchedules') as string,
  });
  expect(await schedules(allowedTo([{ Action: '*', Resource: '*' }]))).toMatchObject({ Schedules: [] });
});

test('a key of nobody who was given anything is allowed nothing', async () => {
  const { cloud, ec2 } = account;
  const credentials = cloud.identities.issue({ principal: 'arn:aws:iam::123456789012:user/new' });
  const stranger = new EC2Client({ ...clientConfig(cloud), credentials });
  expect(await failed(stranger.send(new DescribeInstancesCommand({})))).toMatchObject({
    name: 'UnauthorizedOperation',
  });
  expect(await ec2.send(new DescribeInstancesCommand({}))).toMatchObject({ Reservations: { length: 2 } });
});

describe('a role is used', () => {
  const OTHER = 'arn:aws:iam::123456789012:role/other';
  const assume = (service: string, sourceArn: string | null, role = ROLE) =>
    account.cloud.access.assume(service, role, sourceArn);

  test('by whom its trust policy names, on the conditions that it names', () => {
    expect(assume('scheduler.amazonaws.com', `arn:aws:scheduler:${IN_REGION}:schedule-group/default`)).toEqual({
      principal: ROLE,
      session: 'scheduler',
    });
    // Nobody has told of an account.
    expect(() => assume('scheduler.amazonaws.com', null)).toThrow(/trust policy does not allow/);
    expect(() => assume('states.amazonaws.com', `arn:aws:states:${IN_REGION}:stateMachine:m`)).toThrow(
      `User: states.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${ROLE} because its trust policy does not allow that`,
    );
  });

  test('by nobody, when it does not exist', () => {
    expect(() => assume('lambda.amazonaws.com', null, OTHER)).toThrow(/there is no such role/);
  });

  test('where nobody makes roles, all of them are administrators', async () => {
    const open = await openAccount({ unknownRoles: 'administrators' });
    try {
      const { access, identities } = open.cloud;
      const asked = [{ action: 'a:B', resource: '*', context: {} }];
      const unknown = access.assume('states.amazonaws.com', OTHER, null);
      expect(() => access.authorize(unknown, asked)).not.toThrow();
      identities.addRole(ROLE, {
        Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      });
      const known = access.assume('lambda.amazonaws.com', ROLE, null);
      expect(() => access.authorize(known, asked)).toThrow(/no identity-based/);
    } finally {
      await open.close();
    }
  });
});

test('a state machine is made only with a role that trusts Step Functions', async () => {
  const states = new SFNClient(clientConfig(account.cloud));
  const States = { Done: { Type: 'Succeed' } };
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Done', States });
  const make = (roleArn: string) =>
    failed(states.send(new CreateStateMachineCommand({ name: 'trusted', definition, roleArn })));
  expect(await make(ROLE)).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(/^Neither the global service principal states/) as string,
  });
  const roleArn = 'arn:aws:iam::123456789012:role/workflow';
  account.cloud.identities.addRole(roleArn, {
    Statement: {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'states.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:states:${IN_REGION}:stateMachine:trust*` } },
    },
  });
  expect(await make(roleArn)).toMatchObject({ $metadata: { httpStatusCode: 200 } });
});

describe('the policy of a topic', () => {
  const topic = `arn:aws:sns:${IN_REGION}:guarded`;
  const alarm = `arn:aws:cloudwatch:${IN_REGION}:alarm:a`;
  const asked = [{ action: 'sns:Publish', resource: topic, context: {} }];
  const put = (...statements: object[]) =>
    account.cloud.identities.putResourcePolicy(topic, {
      Statement: statements.map((each) => ({ Action: 'sns:Publish', Resource: topic, ...each })),
    });
  const byAlarm = () => account.cloud.access.authorizeService('cloudwatch.amazonaws.com', alarm, asked);
  const plain = { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

  test('lets alarms in only as it says, where there is one', () => {
    expect(byAlarm).not.toThrow();
    put(plain);
    expect(byAlarm).toThrow(/User: cloudwatch.amazonaws.com is not authorized/);
    const may = { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } };
    put(plain, { ...may, Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${IN_REGION}:alarm:*` } } });
    expect(byAlarm).not.toThrow();
    put(plain, { ...may, Condition: { StringEquals: { 'aws:SourceAccount': '210987654321' } } });
    expect(byAlarm).toThrow(/not authorized/);
  });

  test('allows a role what its own policy does not, and denies what that allows', async () => {
    const publish = (config: ReturnType<typeof nothing>) =>
      failed(new SNSClient(config).send(new PublishCommand({ TopicArn: topic, Message: 'm' })));
    account.cloud.sns.createTopic('guarded');
    put({ Effect: 'Allow', Principal: { AWS: ROLE } });
    expect(await publish(nothing())).toMatchObject({ $metadata: { httpStatusCode: 200 } });
    put({ Effect: 'Deny', Principal: '*' });
    expect(await publish(allowedTo([{ Action: 'sns:Publish', Resource: topic }]))).toMatchObject({
      name: 'AuthorizationErrorException',
    });
  });
});

test('which statement decided about which action is kept', async () => {
  const { cloud, old } = account;
  const ec2 = new EC2Client(allowedTo([{ Action: ['ec2:StopInstances', 'ec2:StartInstances'], Resource: '*' }]));
  await failed(ec2.send(new StopInstancesCommand({ InstanceIds: [old.instanceId], DryRun: true })));
  const uses = cloud.access.uses.filter(({ action }) => action.startsWith('ec2:St'));
  expect(uses).toContainEqual({ principal: ROLE, policy: 'Policy', statement: '#1', action: 'ec2:StopInstances' });
  expect(uses.map(({ action }) => action)).not.toContain('ec2:StartInstances');
});
