import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListTagsForResourceCommand,
  SFNClient,
  StartExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { serve } from '../../lab/serve/serve.ts';
import { type ServedLab, serveLab } from '../lab/serve/served-lab.ts';
import { signedQuery } from '../lab/serve/signed-query.ts';

const FUNCTIONS = fileURLToPath(new URL('../lab/serve/functions/functions.json', import.meta.url));
const roleArn = 'arn:aws:iam::123456789012:role/anybody';
const OPTIMIZED = 'arn:aws:states:::';

let lab: ServedLab;
let ended: Awaited<ReturnType<ServedLab['end']>> | undefined;
let sfn: SFNClient;
let lambda: LambdaClient;

beforeAll(async () => {
  lab = await serveLab('--functions', FUNCTIONS);
  sfn = new SFNClient(lab.client);
  lambda = new LambdaClient(lab.client);
}, 30_000);
afterAll(async () => {
  if (ended === undefined) await lab.end();
});

async function create(name: string, states: Record<string, object>): Promise<string> {
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states });
  const { stateMachineArn = '' } = await sfn.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  return stateMachineArn;
}

/** Runs a machine to its end. */
async function run(stateMachineArn: string, input: unknown = {}) {
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  const execution = await vi.waitFor(
    async () => {
      const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      expect(described.status).not.toBe('RUNNING');
      return described;
    },
    { timeout: 10_000, interval: 20 },
  );
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  const output: unknown = execution.output === undefined ? undefined : JSON.parse(execution.output);
  return { execution, executionArn, output, events };
}

const invoke = async (FunctionName: string, event: unknown) => {
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  return JSON.parse(answer.Payload?.transformToString() ?? 'null') as Record<string, unknown>;
};

const zip = (source: string) => zipSync({ 'index.mjs': strToU8(source) });

describe('state machines', () => {
  test('call the functions of the functions file, and try again after an error that was written down', async () => {
    const machine = await create('charge', {
      Charge: {
        Type: 'Task',
        Resource: `${OPTIMIZED}lambda:invoke`,
        Arguments: { FunctionName: 'charge' },
        Retry: [{ ErrorEquals: ['TooBusy'], IntervalSeconds: 1, MaxAttempts: 1 }],
        Output: '{% $states.result.Payload %}',
        Next: 'Double',
      },
      Double: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:double',
        Arguments: { n: 21 },
        Output: '{% $states.result.doubled %}',
        End: true,
      },
    });
    const { output, events } = await run(machine);
    expect(output).toBe(42);
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('fail with the very report that was written down, and do not wait for a late answer', async () => {
    const resource = `${OPTIMIZED}lambda:invoke`;
    const machine = await create('told', {
      First: {
        Type: 'Task',
        Resource: resource,
        Arguments: { FunctionName: 'told' },
        Catch: [{ ErrorEquals: ['Broke'], Assign: { cause: '{% $states.errorOutput.Cause %}' }, Next: 'Second' }],
        End: true,
      },
      Second: {
        Type: 'Task',
        Resource: resource,
        Arguments: { FunctionName: 'told' },
        TimeoutSeconds: 1,
        Catch: [{ ErrorEquals: ['States.Timeout'], Output: '{% $cause %}', Next: 'Done' }],
        End: true,
      },
      Done: { Type: 'Succeed' },
    });
    expect((await run(machine)).output).toBe(
      '{"errorMessage":"no money","errorType":"Broke","requestId":"r-1","stackTrace":[]}',
    );
  });

  test('reach the tables, secrets and machines that were made by the wire', async () => {
    const { TableDescription } = await new DynamoDBClient(lab.client).send(
      new CreateTableCommand({
        TableName: 'orders',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    expect(TableDescription?.TableArn).toBe('arn:aws:dynamodb:eu-west-1:123456789012:table/orders');
    await new SecretsManagerClient(lab.client).send(new CreateSecretCommand({ Name: 'key', SecretString: 's3cret' }));
    const child = await create('child', { Say: { Type: 'Pass', Output: '{% $states.input.word %}', End: true } });
    const task = (resource: string, args: object, next: object) => ({
      Type: 'Task',
      Resource: `${OPTIMIZED}${resource}`,
      Arguments: args,
      ...next,
    });
    const parent = await create('parent', {
      Put: task('dynamodb:putItem', { TableName: 'orders', Item: { id: { S: 'a' } } }, { Next: 'Get' }),
      Get: task(
        'aws-sdk:dynamodb:getItem',
        { TableName: 'orders', Key: { id: { S: 'a' } } },
        { Assign: { item: '{% $states.result %}' }, Next: 'Secret' },
      ),
      Secret: task(
        'aws-sdk:secretsmanager:getSecretValue',
        { SecretId: 'key' },
        { Assign: { secret: '{% $states.result.SecretString %}' }, Next: 'Child' },
      ),
      Child: task(
        'states:startExecution.sync:2',
        { StateMachineArn: child, Input: { word: 'hello' } },
        { Output: { item: '{% $item %}', secret: '{% $secret %}', child: '{% $states.result.Output %}' }, End: true },
      ),
    });
    const { output, events } = await run(parent);
    expect(output).toEqual({ item: { Item: { id: { S: 'a' } } }, secret: 's3cret', child: 'hello' });
    expect(events.map(({ type }) => type)).toContain('TaskSubmitted');
  });

  test('fail under the name of the service that refuses', async () => {
    const machine = await create('refused', {
      Get: {
        Type: 'Task',
        Resource: `${OPTIMIZED}dynamodb:getItem`,
        Arguments: { TableName: 'nowhere', Key: { id: { S: 'a' } } },
        End: true,
      },
    });
    expect((await run(machine)).execution).toMatchObject({
      status: 'FAILED',
      error: 'DynamoDB.ResourceNotFoundException',
      cause: expect.stringContaining('(Service: AmazonDynamoDBv2; Status Code: 400;') as string,
    });
  });

  test('are refused where the lab can not run them, and by a validation without being made', async () => {
    const states = { Send: { Type: 'Task', Resource: `${OPTIMIZED}sqs:sendMessage`, Arguments: {}, End: true } };
    await expect(create('send', states)).rejects.toMatchObject({ message: expect.stringContaining('sqs:sendMessage') });
    const restore = { Type: 'Task', Resource: `${OPTIMIZED}aws-sdk:dynamodb:restoreTableToPointInTime`, End: true };
    await expect(create('restore', { Restore: restore })).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('its dynamodb has no RestoreTableToPointInTime') as string,
    });
    const validate = (definition: object) =>
      sfn.send(new ValidateStateMachineDefinitionCommand({ definition: JSON.stringify(definition) }));
    const machine = { QueryLanguage: 'JSONata', StartAt: 'Send' };
    expect(await validate({ ...machine, States: states })).toMatchObject({
      result: 'FAIL',
      diagnostics: [{ severity: 'ERROR', location: '/States/Send/Resource' }],
    });
    expect(await validate({ ...machine, States: { Send: { Type: 'Succeed' } } })).toMatchObject({
      result: 'OK',
      diagnostics: [],
      truncated: false,
    });
  });

  test('have tags, and a definition for each execution that outlives a change', async () => {
    const arn = await create('tagged', { Done: { Type: 'Succeed' } });
    await sfn.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'a', value: '1' }, { key: 'b' }] }));
    await sfn.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['b'] }));
    const { tags } = await sfn.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    expect(tags).toEqual([{ key: 'a', value: '1' }]);
    const { executionArn } = await run(arn);
    const definition = JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'New',
      States: { New: { Type: 'Succeed' } },
    });
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn: arn, definition }));
    const then = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    expect(then).toMatchObject({ stateMachineArn: arn, roleArn, definition: expect.stringContaining('"Done"') });
  });
});

describe('functions', () => {
  test('are made from an archive, changed and deleted', async () => {
    const made = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'made',
        Role: roleArn,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: zip('export const handler = async (event) => ({ first: event, mood: process.env.MOOD });') },
      }),
    );
    expect(made).toMatchObject({ FunctionName: 'made', State: 'Active', Timeout: 3, MemorySize: 128 });
    expect(await invoke('made', { n: 1 })).toEqual({ first: { n: 1 } });

    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'made', Environment: { Variables: { MOOD: 'good' } } }),
    );
    expect(await invoke('made', 2)).toEqual({ first: 2, mood: 'good' });
    const code = zip('export const handler = async () => ({ second: process.env.MOOD });');
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: code }));
    expect(await invoke('made', 2)).toEqual({ second: 'good' });

    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'made' }));
    expect(Configuration).toMatchObject({ CodeSize: code.length, Environment: { Variables: { MOOD: 'good' } } });
    const { Functions } = await lambda.send(new ListFunctionsCommand());
    expect(Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['charge', 'double', 'made', 'told']);
    await lambda.send(new DeleteFunctionCommand({ FunctionName: 'made' }));
    await expect(invoke('made', 1)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test.each([
    ['an archive that is none', { Code: { ZipFile: strToU8('no archive') } }, 'Could not unzip'],
    ['an archive with a file outside', { Code: { ZipFile: zipSync({ '../x.mjs': strToU8('') }) } }, 'outside'],
    ['a runtime that the lab has not', { Runtime: 'python3.13' as const }, 'Node.js'],
    ['a subnet that is not there', { VpcConfig: { SubnetIds: ['subnet-0'], SecurityGroupIds: [] } }, 'subnet-0'],
  ])('are refused with %s', async (_claim, wrong, message) => {
    const call = lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'wrong',
        Role: roleArn,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: zip('') },
        ...wrong,
      }),
    );
    await expect(call).rejects.toMatchObject({ message: expect.stringContaining(message) as string });
  });

  test('hear of messages and events', async () => {
    const FunctionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:listener';
    const source = 'export const handler = async (event) => console.log("heard " + JSON.stringify(event));';
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'listener',
        Role: roleArn,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: zip(source) },
      }),
    );
    const sns = new SNSClient(lab.client);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: FunctionArn }));
    const events = new EventBridgeClient(lab.client);
    await events.send(new PutRuleCommand({ Name: 'paid', EventPattern: '{"source":["shop"]}' }));
    await events.send(new PutTargetsCommand({ Rule: 'paid', Targets: [{ Id: '1', Arn: FunctionArn }] }));

    const machine = await create('tell', {
      Tell: {
        Type: 'Task',
        Resource: `${OPTIMIZED}sns:publish`,
        Arguments: { TopicArn, Message: 'by topic' },
        End: true,
      },
    });
    await run(machine);
    const entry = { Source: 'shop', DetailType: 'Paid', Detail: '{"word":"by rule"}' };
    const put = await events.send(new PutEventsCommand({ Entries: [entry, { ...entry, Detail: 'no JSON' }] }));
    expect(put).toMatchObject({ FailedEntryCount: 1, Entries: [{}, { ErrorCode: 'MalformedDetail' }] });
    await vi.waitFor(
      () => {
        const lines = lab.events.filter(({ functionName }) => functionName === 'listener').map(({ line }) => line);
        expect(lines).toContainEqual(expect.stringContaining('by topic'));
        expect(lines).toContainEqual(expect.stringContaining('by rule'));
      },
      { timeout: 10_000, interval: 20 },
    );
  });
});

describe('roles', () => {
  const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
  const trust = document({ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' });
  const iam = (Action: string, input: object = {}) =>
    signedQuery(lab.url, 'iam', { Action, RoleName: 'limited', ...input });
  const mayCall = (Action: string) => document({ Effect: 'Allow', Action, Resource: '*' });

  test('that were made by the wire are judged by their policies, as soon as those change', async () => {
    const { Role } = await iam('CreateRole', { AssumeRolePolicyDocument: trust });
    const { Arn } = Role as { Arn: string };
    expect(Arn).toBe('arn:aws:iam::123456789012:role/limited');
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'List',
      States: {
        List: { Type: 'Task', Resource: `${OPTIMIZED}aws-sdk:dynamodb:listTables`, Arguments: {}, End: true },
      },
    };
    const { stateMachineArn = '' } = await sfn.send(
      new CreateStateMachineCommand({ name: 'limited', definition: JSON.stringify(definition), roleArn: Arn }),
    );
    expect((await run(stateMachineArn)).execution).toMatchObject({
      error: 'DynamoDb.DynamoDbException',
      cause: expect.stringContaining('no identity-based policy allows the dynamodb:ListTables action') as string,
    });
    await iam('PutRolePolicy', { PolicyName: 'list', PolicyDocument: mayCall('dynamodb:ListTables') });
    expect((await run(stateMachineArn)).execution.status).toBe('SUCCEEDED');
    await iam('DeleteRolePolicy', { PolicyName: 'list' });
    expect((await run(stateMachineArn)).execution.status).toBe('FAILED');

    const administrator = { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
    await iam('AttachRolePolicy', administrator);
    expect((await run(stateMachineArn)).execution.status).toBe('SUCCEEDED');
    await expect(iam('DeleteRole')).rejects.toMatchObject({ name: 'DeleteConflict' });
    await iam('DetachRolePolicy', administrator);
    await iam('DeleteRole');
    await expect(iam('GetRole')).rejects.toMatchObject({ name: 'NoSuchEntity' });
  });

  test('with a policy that is none are refused', async () => {
    const put = (PolicyDocument: string) => iam('PutRolePolicy', { PolicyName: 'p', PolicyDocument });
    await iam('CreateRole', { AssumeRolePolicyDocument: trust });
    await expect(put('{')).rejects.toMatchObject({ name: 'MalformedPolicyDocument' });
    await expect(put('{"Statement":{"Effect":"Maybe"}}')).rejects.toMatchObject({ name: 'MalformedPolicyDocument' });
  });

  test('give keys to whoever assumes them, who is then the role', async () => {
    const given = await signedQuery(lab.url, 'sts', { Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'me' });
    const { AccessKeyId } = given['Credentials'] as { AccessKeyId: string };
    const identity = await signedQuery(lab.url, 'sts', { Action: 'GetCallerIdentity' }, AccessKeyId);
    expect(identity).toMatchObject({ Account: '123456789012', Arn: roleArn });
  });
});

test('an instance runs at an address of whatever VPC was made, and its state changes', async () => {
  const ec2 = new EC2Client(lab.client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.9.1.0/24' }));
  const run = new RunInstancesCommand({
    ImageId: 'ami-12345678',
    InstanceType: 't3.micro',
    SubnetId: Subnet?.SubnetId,
    MinCount: 1,
    MaxCount: 1,
  });
  const { Instances: [instance] = [] } = await ec2.send(run);
  expect(instance?.PrivateIpAddress).toMatch(/^10\.9\.1\./);
  const { StoppingInstances } = await ec2.send(new StopInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ''] }));
  expect(StoppingInstances).toMatchObject([{ PreviousState: { Name: 'running' }, CurrentState: { Name: 'stopped' } }]);
});

test('a service that the lab has not is refused by name, in the protocol that the caller speaks', async () => {
  await expect(signedQuery(lab.url, 'rds', { Action: 'DescribeDBInstances' })).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('the service rds') as string,
  });
});

test('secrets change and go', async () => {
  const secrets = new SecretsManagerClient(lab.client);
  await secrets.send(new CreateSecretCommand({ Name: 'mine', SecretString: 'first' }));
  await expect(secrets.send(new CreateSecretCommand({ Name: 'mine', SecretString: 'x' }))).rejects.toMatchObject({
    name: 'ResourceExistsException',
  });
  await secrets.send(new PutSecretValueCommand({ SecretId: 'mine', SecretString: 'second' }));
  expect(await secrets.send(new GetSecretValueCommand({ SecretId: 'mine' }))).toMatchObject({ SecretString: 'second' });
  await secrets.send(new DeleteSecretCommand({ SecretId: 'mine', ForceDeleteWithoutRecovery: true }));
  const { SecretList } = await secrets.send(new ListSecretsCommand());
  expect(SecretList?.map(({ Name }) => Name)).not.toContain('mine');
});

test('a port that is taken is named', async () => {
  const port = Number(new URL(lab.url).port);
  const words = { port, accountId: '123456789012', region: 'eu-west-1', functions: null, latency: 0, json: false };
  const served = serve({ ...words, stateTransitionMs: 0 }, () => {}, new AbortController().signal);
  await expect(served).rejects.toThrow(`port ${port} is taken: name another with --port`);
});

test('SIGTERM ends it with nothing left: no file, no server, no process of a function', async () => {
  const { pid } = await invoke('double', { n: 1 });
  ended = await lab.end();
  expect(ended).toEqual({ status: 0, left: [] });
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  await expect(new DynamoDBClient(lab.client).send(new ListTablesCommand())).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});
