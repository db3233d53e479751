import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CfnResource } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Deployment } from '../../../lab/cloud/template/deployment.ts';
import { type LabAccount, openAccount } from './lab-account.ts';
import { synthesizeSampleStack } from './sample-stack.ts';

process.env['CDK_VALIDATION'] = 'false';

let account: LabAccount;
let deployment: Deployment;
const assemblies: string[] = [];

function synthesize(...args: Parameters<typeof synthesizeSampleStack>): string {
  const assembly = synthesizeSampleStack(...args);
  assemblies.push(assembly);
  return assembly;
}

beforeAll(async () => {
  account = await openAccount();
  deployment = await account.cloud.deploy(synthesize());
});
afterAll(async () => {
  await account.close();
  for (const assembly of assemblies) rmSync(dirname(assembly), { recursive: true, force: true });
});

describe('a deployed stack', () => {
  test('gives its resources under the names of their constructs', () => {
    expect(deployment.functionArn('Probe')).toBe(
      `arn:aws:lambda:eu-west-1:123456789012:function:${deployment.functionName('Probe')}`,
    );
    expect(deployment.stateMachineArn('Machine')).toMatch(/^arn:aws:states:eu-west-1:123456789012:stateMachine:/);
    expect(deployment.topicArn('Topic')).toMatch(/^arn:aws:sns:eu-west-1:123456789012:/);
    expect(deployment.alarms().map((alarm) => alarm.constructPath)).toEqual(['Sample/Alarm/Resource']);
    expect(() => deployment.functionArn('Nobody')).toThrow(/no.*|0 resources.*Nobody.*Sample\/Probe\/Resource/);
  });

  test('has its outputs evaluated', () => {
    expect(deployment.outputs).toMatchObject({
      MachineArn: deployment.stateMachineArn('Machine'),
      Sentence: `table ${deployment.tableName('Table')} of Sample`,
    });
  });

  test('keeps the policies of each role, with ARNs filled in', () => {
    const [role] = deployment.ofType('AWS::IAM::Role').filter((each) => each.constructPath.includes('/Probe/'));
    const statements = account.cloud.identities.statementsOf(role?.attributes['Arn'] ?? '');
    const table = `arn:aws:dynamodb:eu-west-1:123456789012:table/${deployment.tableName('Table')}`;
    const ofTable = statements.filter(({ coversResource }) => coversResource(table) && !coversResource(`${table}2`));
    expect(ofTable.flatMap(({ actions }) => actions)).toContain('dynamodb:PutItem');
  });

  test('gives a role the policies of the template that it names, which stand by themselves', async () => {
    const fresh = await openAccount();
    const assembly = synthesize((stack) => {
      const statement = new PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] });
      const policy = new ManagedPolicy(stack, 'Named', { statements: [statement] });
      new Role(stack, 'Holder', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), managedPolicies: [policy] });
    });
    const roles = (await fresh.cloud.deploy(assembly)).ofType('AWS::IAM::Role');
    const holder = roles.find((each) => each.constructPath.includes('/Holder/'));
    const statements = fresh.cloud.identities.statementsOf(holder?.attributes['Arn'] ?? '');
    await fresh.close();
    expect(statements.flatMap(({ actions }) => actions)).toEqual(['sns:Publish']);
  });

  test('puts a VPC function behind an interface of its own, a member of its groups', async () => {
    const [host] = account.cloud.lambda.hostsOf(deployment.functionName('Probe'));
    const groupId = deployment.securityGroupId('ProbeGroup');
    const [eni] = [...account.cloud.world.networkInterfaces.values()].filter((each) => each.groupIds.includes(groupId));
    expect(eni).toMatchObject({ host, privateIpAddress: '127.42.1.4' });
    expect(account.network.ingress.get(host ?? '')).toEqual([{ from: '127.42.1.4', fromPort: 443, toPort: 443 }]);
    expect(account.cloud.lambda.hostsOf(deployment.functionName('Outside'))).toEqual(['aws']);
  });

  test('has its e-mail subscription recorded', () => {
    expect(account.cloud.sns.subscriptions).toEqual([
      { topicArn: deployment.topicArn('Topic'), protocol: 'email', endpoint: 'operator@example.com' },
    ]);
  });

  test('has its schedule fire at once, with its input', async () => {
    await vi.waitFor(() => expect(account.events).toContainEqual(expect.objectContaining({ type: 'invocation' })), {
      timeout: 5_000,
    });
    expect(account.events).toContainEqual({
      type: 'schedule',
      name: deployment.find('AWS::Scheduler::Schedule', 'Schedule').physicalId,
      targetArn: deployment.functionArn('Outside'),
    });
  });
});

describe('a deployment that the lab cannot make', () => {
  let fresh: LabAccount;
  beforeEach(async () => {
    fresh = await openAccount();
  });
  afterEach(() => fresh.close());

  test('is refused with the resource and its unknown type', async () => {
    const assembly = synthesize((stack) => void new Queue(stack, 'Queue'));
    await expect(fresh.cloud.deploy(assembly)).rejects.toThrow(
      /can't deploy Sample: it does not know the types of Queue\w+ \(AWS::SQS::Queue\)/,
    );
  });

  test('is refused with the property that the lab does not model', async () => {
    const assembly = synthesize((stack) => {
      const probe = stack.node.findChild('Probe').node.defaultChild as CfnResource;
      probe.addPropertyOverride('Layers', ['arn:aws:lambda:eu-west-1:1:layer:x:1']);
    });
    await expect(fresh.cloud.deploy(assembly)).rejects.toThrow(
      /can't deploy Probe\w+ \(AWS::Lambda::Function\): the lab does not model its properties Layers/,
    );
  });

  test('is refused with the way to make an assembly where there is none', async () => {
    await expect(fresh.cloud.deploy('/nowhere')).rejects.toThrow(
      /\/nowhere is not a cloud assembly: run "npx cdk synth/,
    );
  });
});
