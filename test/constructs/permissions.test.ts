import { describe, expect, it } from 'vitest';
import { synthesize } from './example.ts';
import { readable, withoutHash } from './readable.ts';

const template = synthesize();

const inRegion = '${AWS::Region}:${AWS::AccountId}';
const arn = (service: string, rest: string) => `arn:\${AWS::Partition}:${service}:${inRegion}:${rest}`;
const TABLE = '${FailoverState.Arn}';
const MACHINE = arn('states', 'stateMachine:DatabaseFailover-6E0B9A90');
const EXECUTIONS = arn('states', 'execution:DatabaseFailover-6E0B9A90:*');
const INTERFACES = ['11', '12', '13'].map((each) => arn('ec2', `network-interface/eni-0a1b2c3d4e5f600${each}`));
const ZONE = 'arn:${AWS::Partition}:route53:::hostedzone/Z0123456789ABCDEFGHIJ';

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Every statement of every role, by role. */
const roles = new Map(
  Object.entries(template.findResources('AWS::IAM::Role')).map(([id, role]) => [
    withoutHash(id),
    role['Properties'].Policies[0].PolicyDocument.Statement as Statement[],
  ]),
);

function grants(role: string): Record<string, [string[], string[]]> {
  const statements = roles.get(role) ?? [];
  return Object.fromEntries(
    statements
      .filter((each) => each.Effect === 'Allow')
      .map((each) => [each.Sid, [list(each.Action), list(each.Resource).map(readable)]]),
  );
}

const statement = (role: string, sid: string) => roles.get(role)?.find((each) => each.Sid === sid);

const VPC_ATTACHMENT = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];
const READ_AND_NOTE = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
const CHANGE_STATE = [...READ_AND_NOTE, 'dynamodb:UpdateItem'];
const WRITE_LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe('permissions', () => {
  it('are all in inline policies of eleven roles: no managed policy, no policy attached elsewhere', () => {
    template.resourceCountIs('AWS::IAM::Role', 11);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(role['Properties'].ManagedPolicyArns).toBeUndefined();
      expect(role['Properties'].Policies).toHaveLength(1);
    }
  });

  it('name every resource, but where AWS knows none', () => {
    const everything = [...roles].flatMap(([role, statements]) =>
      statements
        .filter((each) => each.Effect === 'Allow' && list(each.Resource).includes('*'))
        .map((each) => `${role} ${each.Sid}`),
    );
    expect(everything.sort()).toEqual([
      'FailoverMonitorsaRole AttachToVpc',
      'FailoverMonitorsbRole AttachToVpc',
      'FailoverMonitorscRole AttachToVpc',
      'FailoverRehearsalMachineRole DeliverLogs',
      'FailoverStepsDatabaseRole AttachToVpc',
      'FailoverStepsFenceRole SeeGroups',
      'FailoverStepsFenceRole SeeInstances',
      'FailoverStepsNetworkRole SeeInstances',
      'FailoverStepsNetworkRole SeeSubnets',
      'FailoverWorkflowRole DeliverLogs',
    ]);
  });

  it('never allow a group of actions by a wildcard', () => {
    const actions = [...roles.values()].flat().flatMap((each) => list(each.Action));
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('let a monitor vote, start the workflow and read its own secret', () => {
    expect(grants('FailoverMonitorsaRole')).toEqual({
      WriteLogs: [WRITE_LOGS, ['${FailoverMonitorsaLog.Arn}']],
      AttachToVpc: [VPC_ATTACHMENT, ['*']],
      UseState: [['dynamodb:BatchGetItem', ...CHANGE_STATE], [TABLE]],
      StartExecutions: [['states:StartExecution'], [MACHINE]],
      SeeExecutions: [['states:DescribeExecution'], [EXECUTIONS]],
      ReadSecrets: [['secretsmanager:GetSecretValue'], [arn('secretsmanager', 'secret:orders/monitor-??????')]],
    });
  });

  it('let the fence function change no record of a cluster', () => {
    expect(grants('FailoverStepsFenceRole')['UseState']?.[0]).not.toContain('dynamodb:UpdateItem');
  });

  it('let nobody delete state', () => {
    const actions = [...roles.values()].flat().flatMap((each) => list(each.Action));
    expect(actions.filter((action) => action.startsWith('dynamodb:Delete'))).toEqual([]);
  });

  it('let the database function read the three secrets and the state', () => {
    expect(grants('FailoverStepsDatabaseRole')).toEqual({
      WriteLogs: [WRITE_LOGS, ['${FailoverStepsDatabaseLog.Arn}']],
      AttachToVpc: [VPC_ATTACHMENT, ['*']],
      UseState: [CHANGE_STATE, [TABLE]],
      ReadSecrets: [
        ['secretsmanager:GetSecretValue'],
        [
          arn('secretsmanager', 'secret:orders/operator-??????'),
          arn('secretsmanager', 'secret:orders/replication-??????'),
          arn('secretsmanager', 'secret:orders/monitor-??????'),
        ],
      ],
    });
  });

  it.each(['FailoverMonitorsaRole', 'FailoverStepsDatabaseRole'])(
    'give the right to make interfaces to Lambda, not to the code that runs as %s',
    (role) => {
      const denied = statement(role, 'AttachmentIsNotForTheCode');
      expect(denied?.Effect).toBe('Deny');
      expect(denied?.Action).toEqual(VPC_ATTACHMENT);
      expect(denied?.Resource).toBe('*');
      expect(readable(denied?.Condition?.['ArnLike']?.['lambda:SourceFunctionArn'])).toBe(arn('lambda', 'function:*'));
    },
  );

  it('let the network function move the address and write the record of the configured servers, and stop none of them', () => {
    expect(grants('FailoverStepsNetworkRole')).toEqual({
      WriteLogs: [WRITE_LOGS, ['${FailoverStepsNetworkLog.Arn}']],
      UseState: [CHANGE_STATE, [TABLE]],
      SeeExecutions: [['states:DescribeExecution'], [EXECUTIONS]],
      SeeInstances: [['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces'], ['*']],
      MoveAddress: [['ec2:AssignPrivateIpAddresses'], INTERFACES],
      ChangeRecordsZ0123456789ABCDEFGHIJ: [['route53:ChangeResourceRecordSets'], [ZONE]],
      SeeRecordsZ0123456789ABCDEFGHIJ: [['route53:ListResourceRecordSets'], [ZONE]],
      SeeSubnets: [['ec2:DescribeInstanceTypes', 'ec2:DescribeSubnets'], ['*']],
      SeeTopic: [['sns:GetTopicAttributes'], ['${FailoverNotifications}']],
      Notify: [['sns:Publish'], ['${FailoverNotifications}']],
    });
  });

  it('let the fence function stop exactly the configured servers and cut them off, and lead clients nowhere', () => {
    expect(grants('FailoverStepsFenceRole')).toEqual({
      WriteLogs: [WRITE_LOGS, ['${FailoverStepsFenceLog.Arn}']],
      UseState: [READ_AND_NOTE, [TABLE]],
      SeeInstances: [['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces'], ['*']],
      StopInstances: [
        ['ec2:StopInstances'],
        ['11', '12', '13'].map((each) => arn('ec2', `instance/i-0a1b2c3d4e5f600${each}`)),
      ],
      SwapSecurityGroups: [['ec2:ModifyNetworkInterfaceAttribute'], INTERFACES],
      UseSecurityGroups: [
        ['ec2:ModifyNetworkInterfaceAttribute'],
        [
          arn('ec2', 'security-group/${FailoverStepsFenceGroup.GroupId}'),
          arn('ec2', 'security-group/sg-0a1b2c3d4e5f60002'),
        ],
      ],
      SeeStopProtection: [
        ['ec2:DescribeInstanceAttribute'],
        ['11', '12', '13'].map((each) => arn('ec2', `instance/i-0a1b2c3d4e5f600${each}`)),
      ],
      SeeGroups: [['ec2:DescribeSecurityGroups'], ['*']],
      Notify: [['sns:Publish'], ['${FailoverNotifications}']],
    });
  });

  it('let the network function write the A record of the cluster and no other', () => {
    expect(statement('FailoverStepsNetworkRole', 'ChangeRecordsZ0123456789ABCDEFGHIJ')?.Condition).toEqual({
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['orders.db.example.internal'],
        'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
      },
    });
  });

  it('let the state machine invoke its three functions', () => {
    expect(grants('FailoverWorkflowRole')).toMatchObject({
      InvokeSteps: [
        ['lambda:InvokeFunction'],
        [
          '${FailoverStepsDatabaseFunction.Arn}',
          '${FailoverStepsNetworkFunction.Arn}',
          '${FailoverStepsFenceFunction.Arn}',
        ],
      ],
    });
    expect(Object.keys(grants('FailoverWorkflowRole'))).toEqual(['InvokeSteps', 'DeliverLogs']);
  });

  it('let the rehearsal invoke the same functions, and its schedule start it and nothing else', () => {
    expect(grants('FailoverRehearsalMachineRole')['InvokeSteps']).toEqual(
      grants('FailoverWorkflowRole')['InvokeSteps'],
    );
    expect(grants('FailoverRehearsalScheduleRole')).toEqual({
      StartRehearsals: [['states:StartExecution'], ['${FailoverRehearsalMachineStateMachine}']],
    });
  });

  it('let the schedules invoke the functions, by their unqualified names', () => {
    expect(grants('FailoverSchedulesRole')).toEqual({
      InvokeFunctions: [
        ['lambda:InvokeFunction'],
        ['${FailoverMonitorsaFunction.Arn}', '${FailoverMonitorsbFunction.Arn}', '${FailoverMonitorscFunction.Arn}'],
      ],
    });
  });
});
