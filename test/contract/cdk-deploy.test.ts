/**
 * `cdk deploy` of the app as docs/deploy-to-an-endpoint.md says, by the CDK's own command line: bootstrapped, deployed,
 * updated and destroyed on moto, an AWS that nobody here wrote.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListPoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readStack } from '../../lab/cloud/template/assembly.ts';
import { findPythonTool, lookForPython } from '../../lab/packages/find-python-tool.ts';
import type { ConfigInput } from '../../lib/core/config.ts';
import { exampleConfig } from '../constructs/example.ts';
import { manyClusters } from '../constructs/many-clusters.ts';
import { cdkCli, type CdkCli } from './cdk-cli.ts';
import { DeployedStack } from './deployed-stack.ts';
import { makeNetwork } from './endpoint-network.ts';
import { startMoto } from './moto-server.ts';

const place = { account: '123456789012', region: 'eu-central-1' };
const CONFIG = 'config.yaml';

/** Left out of a stack by moto 5.2.1, without a word. cfn-lint.test.ts checks what they say. */
const NOT_MADE = [
  'AWS::CloudWatch::Alarm',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::Scheduler::Schedule',
];

interface FunctionProperties {
  readonly Description: string;
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
  readonly Handler: string;
  readonly MemorySize: number;
  readonly Role: string;
  readonly Runtime: string;
  readonly Timeout: number;
  readonly VpcConfig?: { readonly SubnetIds: readonly string[]; readonly SecurityGroupIds: readonly string[] };
}

interface RoleProperties {
  readonly AssumeRolePolicyDocument: unknown;
  readonly Policies: readonly [{ readonly PolicyName: string; readonly PolicyDocument: unknown }];
}

const python = await lookForPython();
const unless = python === null ? ' (skipped: no Python 3.11 or newer on this machine)' : '';

describe.skipIf(python === null)(`cdk deploy to moto${unless}`, () => {
  const cleanUps: (() => void | Promise<void>)[] = [];
  let directory: string;
  let cdk: CdkCli;
  let config: ConfigInput;
  let clients: {
    cloudFormation: CloudFormationClient;
    iam: IAMClient;
    lambda: LambdaClient;
    sfn: SFNClient;
    dynamoDb: DynamoDBClient;
  };

  const output = () => join(directory, 'cdk.out');
  /** As a user would, after writing the configuration. */
  async function deploy(next: ConfigInput): Promise<DeployedStack> {
    config = next;
    const file = join(directory, CONFIG);
    await writeFile(file, stringify(config));
    const options = ['--method', 'direct', '--no-previous-parameters', '--require-approval', 'never'];
    await cdk('deploy', ...options, '--output', output(), '--context', `config=${file}`);
    return deployed();
  }
  const deployed = () => DeployedStack.read(readStack(output()), place, clients.cloudFormation);

  async function functionOf(stack: DeployedStack, logicalId: string) {
    const FunctionName = stack.physicalId(logicalId);
    return await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  }

  async function policyOf(stack: DeployedStack, logicalId: string): Promise<unknown> {
    const RoleName = stack.physicalId(logicalId);
    const { PolicyDocument } = await clients.iam.send(
      new GetRolePolicyCommand({ RoleName, PolicyName: 'Permissions' }),
    );
    // moto 5.2.1 tells the inline policies of a stack's roles as Python writes them, with single quotes.
    return JSON.parse(decodeURIComponent(PolicyDocument ?? '').replaceAll("'", '"'));
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'failover-cdk-deploy-'));
    cleanUps.push(() => rm(directory, { recursive: true, force: true }));
    const moto = await startMoto(await findPythonTool('moto'));
    cleanUps.push(() => moto.close());
    cdk = cdkCli({ endpoint: moto.endpoint, region: place.region, home: directory });
    const client = {
      endpoint: moto.endpoint,
      region: place.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    clients = {
      cloudFormation: new CloudFormationClient(client),
      iam: new IAMClient(client),
      lambda: new LambdaClient(client),
      sfn: new SFNClient(client),
      dynamoDb: new DynamoDBClient(client),
    };
    cleanUps.push(() => Object.values(clients).forEach((each) => each.destroy()));
    config = await makeNetwork(client, exampleConfig());
    await cdk('bootstrap', `aws://${place.account}/${place.region}`, '--app', '');
    await deploy(config);
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  it(`makes every resource of the template, but for what moto can't: ${NOT_MADE.join(', ')}`, async () => {
    const stack = await deployed();
    expect(new Set(stack.missing.map((logicalId) => stack.typeOf(logicalId)))).toEqual(new Set(NOT_MADE));
  });

  it('makes the state machines with the definitions of the template', async () => {
    const stack = await deployed();
    const logicalIds = stack.of('AWS::StepFunctions::StateMachine');
    expect(logicalIds).toHaveLength(2);
    for (const logicalId of logicalIds) {
      const { DefinitionString, RoleArn } = await stack.properties<{ DefinitionString: string; RoleArn: string }>(
        logicalId,
      );
      const made = await clients.sfn.send(
        new DescribeStateMachineCommand({ stateMachineArn: stack.physicalId(logicalId) }),
      );
      expect(JSON.parse(made.definition ?? '')).toEqual(JSON.parse(DefinitionString));
      expect(made.roleArn).toBe(RoleArn);
    }
  });

  it('makes the functions with their handler, runtime, environment, size, role and network', async () => {
    const stack = await deployed();
    const logicalIds = stack.of('AWS::Lambda::Function');
    expect(logicalIds).toHaveLength(6);
    for (const logicalId of logicalIds) {
      const { Environment, VpcConfig, ...wanted } = await stack.properties<FunctionProperties>(logicalId);
      const made = await functionOf(stack, logicalId);
      expect(made).toMatchObject({
        Description: wanted.Description,
        Handler: wanted.Handler,
        MemorySize: wanted.MemorySize,
        Role: wanted.Role,
        Runtime: wanted.Runtime,
        Timeout: wanted.Timeout,
      });
      expect(made.Environment?.Variables).toEqual(Environment.Variables);
      expect(made.VpcConfig?.SubnetIds ?? []).toEqual(VpcConfig?.SubnetIds ?? []);
      expect(made.VpcConfig?.SecurityGroupIds ?? []).toEqual(VpcConfig?.SecurityGroupIds ?? []);
    }
  });

  it('makes the roles with who may assume them and what they may do', async () => {
    const stack = await deployed();
    const logicalIds = stack.of('AWS::IAM::Role');
    expect(logicalIds).toHaveLength(11);
    for (const logicalId of logicalIds) {
      const { AssumeRolePolicyDocument, Policies } = await stack.properties<RoleProperties>(logicalId);
      const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName: stack.physicalId(logicalId) }));
      expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual(AssumeRolePolicyDocument);
      expect(await policyOf(stack, logicalId)).toEqual(Policies[0].PolicyDocument);
    }
  });

  // moto 5.2.1 leaves the inline policies of a role as they were.
  it('updates the code and the size of functions, and makes further policies, when there are more clusters', async () => {
    const before = await deployed();
    const [monitor = ''] = before.of('AWS::Lambda::Function');
    const old = await functionOf(before, monitor);

    const after = await deploy({ ...config, clusters: manyClusters(30).clusters });

    const { MemorySize } = await after.properties<FunctionProperties>(monitor);
    const updated = await functionOf(after, monitor);
    expect(updated.MemorySize).toBe(MemorySize);
    expect(updated.MemorySize).not.toBe(old.MemorySize);
    expect(updated.CodeSha256).not.toBe(old.CodeSha256);
    expect(updated.FunctionArn).toBe(old.FunctionArn);
    const { Policies } = await clients.iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
    const made = Policies?.map(({ Arn }) => Arn).filter((arn) => arn?.includes('DatabaseFailover'));
    const wanted = after.of('AWS::IAM::ManagedPolicy').map((logicalId) => after.physicalId(logicalId));
    expect(wanted.length).toBeGreaterThan(0);
    expect(new Set(made)).toEqual(new Set(wanted));
  }, 120_000);

  it('destroys all but the table, which outlives its stack', async () => {
    const stack = await deployed();
    const [table = ''] = stack.of('AWS::DynamoDB::Table');
    await cdk('destroy', '--force', '--app', output());

    const { TableNames } = await clients.dynamoDb.send(new ListTablesCommand({}));
    expect(TableNames).toEqual([stack.physicalId(table)]);
    const { Functions } = await clients.lambda.send(new ListFunctionsCommand({}));
    const { stateMachines } = await clients.sfn.send(new ListStateMachinesCommand({}));
    const { Roles } = await clients.iam.send(new ListRolesCommand({}));
    expect(Functions).toEqual([]);
    expect(stateMachines).toEqual([]);
    expect(Roles?.map(({ RoleName }) => RoleName).filter((name) => !name?.startsWith('cdk-'))).toEqual([]);
  });
});
