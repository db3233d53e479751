import { describe, expect, it } from 'vitest';
import { exampleConfig, synthesize } from './example.ts';
import { readable, withoutHash } from './readable.ts';
import { properties, resources } from './resources.ts';

const template = synthesize();

interface FunctionProperties {
  readonly Code: unknown;
  readonly Role: unknown;
  readonly Environment: { readonly Variables: Record<string, unknown> };
  readonly MemorySize: number;
  readonly Timeout: number;
  readonly VpcConfig?: { readonly SubnetIds: string[]; readonly SecurityGroupIds: unknown[] };
}

const functions = new Map(
  Object.entries(template.findResources('AWS::Lambda::Function')).map(([id, resource]) => [
    withoutHash(id),
    resource['Properties'] as FunctionProperties,
  ]),
);
const MACHINE = 'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:DatabaseFailover-6E0B9A90';

function environment(name: string): Record<string, string> {
  const variables = functions.get(name)?.Environment.Variables ?? {};
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, readable(value)]));
}

const subnetsOf = (name: string) => functions.get(name)?.VpcConfig?.SubnetIds;

describe('the functions', () => {
  it('run index.handler on Node 24 and arm64, whatever they do', () => {
    for (const each of functions.values()) {
      expect(each).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
    }
    expect([...functions.keys()]).toEqual([
      'FailoverMonitorsaFunction',
      'FailoverMonitorsbFunction',
      'FailoverMonitorscFunction',
      'FailoverStepsDatabaseFunction',
      'FailoverStepsNetworkFunction',
      'FailoverStepsFenceFunction',
    ]);
  });

  it('are not repeated by Lambda when an invocation fails or comes late', () => {
    const configs = properties(template, 'AWS::Lambda::EventInvokeConfig');
    expect(configs).toHaveLength(6);
    for (const config of configs)
      expect(config).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  it('keep their logs for a month, in groups that go with the stack', () => {
    const groups = resources(template, 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(8);
    for (const group of groups) {
      expect(group).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 30 } });
    }
  });
});

describe('a monitor', () => {
  it('has 15 minutes and knows its name, its zone, the table and the workflow', () => {
    expect(functions.get('FailoverMonitorsbFunction')).toMatchObject({ Timeout: 900, MemorySize: 256 });
    expect(environment('FailoverMonitorsbFunction')).toEqual({
      NODE_OPTIONS: '--max-old-space-size=128 --max-semi-space-size=32',
      TABLE_NAME: '${FailoverState}',
      MONITOR_ID: 'b',
      AVAILABILITY_ZONE: 'eu-central-1b',
      STATE_MACHINE_ARN: MACHINE,
    });
  });

  it('stands in its own subnet only', () => {
    expect(subnetsOf('FailoverMonitorsaFunction')).toEqual(['subnet-0a1b2c3d4e5f6000a']);
    expect(subnetsOf('FailoverMonitorscFunction')).toEqual(['subnet-0a1b2c3d4e5f6000c']);
  });

  it('shares one asset with the other monitors', () => {
    const codes = ['a', 'b', 'c'].map((id) => functions.get(`FailoverMonitors${id}Function`)?.Code);
    expect(codes[0]).toBeDefined();
    expect(codes[1]).toEqual(codes[0]);
    expect(codes[2]).toEqual(codes[0]);
  });
});

describe('the database function', () => {
  it('stands in the subnets of all monitors', () => {
    expect(subnetsOf('FailoverStepsDatabaseFunction')).toEqual([
      'subnet-0a1b2c3d4e5f6000a',
      'subnet-0a1b2c3d4e5f6000b',
      'subnet-0a1b2c3d4e5f6000c',
    ]);
  });

  it('stands once in a subnet that two monitors share', () => {
    const config = exampleConfig();
    config.monitors[2] = { ...config.monitors[1]!, id: 'c' };
    const vpcConfigs = properties(synthesize(config), 'AWS::Lambda::Function')
      .filter((each) => String(each['Description']).includes('SQL'))
      .map((each) => each['VpcConfig']);
    expect(vpcConfigs).toMatchObject([{ SubnetIds: ['subnet-0a1b2c3d4e5f6000a', 'subnet-0a1b2c3d4e5f6000b'] }]);
  });

  it('has a minute, and knows the table', () => {
    expect(functions.get('FailoverStepsDatabaseFunction')).toMatchObject({ Timeout: 60, MemorySize: 512 });
    expect(environment('FailoverStepsDatabaseFunction')).toEqual({ TABLE_NAME: '${FailoverState}' });
  });
});

describe('the network function', () => {
  it('stands outside the VPC', () => {
    expect(functions.get('FailoverStepsNetworkFunction')?.VpcConfig).toBeUndefined();
  });

  it('has a minute, and knows table, workflow and topic', () => {
    expect(functions.get('FailoverStepsNetworkFunction')).toMatchObject({ Timeout: 60, MemorySize: 512 });
    expect(environment('FailoverStepsNetworkFunction')).toEqual({
      TABLE_NAME: '${FailoverState}',
      STATE_MACHINE_ARN: MACHINE,
      TOPIC_ARN: '${FailoverNotifications}',
    });
  });
});

describe('the fence function', () => {
  it('stands outside the VPC', () => {
    expect(functions.get('FailoverStepsFenceFunction')?.VpcConfig).toBeUndefined();
  });

  it('has a minute, and knows table, topic and the group of the fence', () => {
    expect(functions.get('FailoverStepsFenceFunction')).toMatchObject({ Timeout: 60, MemorySize: 512 });
    expect(environment('FailoverStepsFenceFunction')).toEqual({
      TABLE_NAME: '${FailoverState}',
      TOPIC_ARN: '${FailoverNotifications}',
      FENCE_SECURITY_GROUP_ID: '${FailoverStepsFenceGroup.GroupId}',
    });
  });

  it('shares neither code nor role with another', () => {
    const roles = [...functions.values()].map((each) => JSON.stringify(each.Role));
    expect(new Set(roles).size).toBe(functions.size);
    expect(functions.get('FailoverStepsFenceFunction')?.Code).not.toEqual(
      functions.get('FailoverStepsNetworkFunction')?.Code,
    );
  });
});
