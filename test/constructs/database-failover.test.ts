import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { DatabaseFailover } from '../../lib/index.ts';
import { exampleConfig, STUB_HANDLERS, synthesize, withApp } from './example.ts';
import { readable } from './readable.ts';
import { properties, resources } from './resources.ts';

const template = synthesize();

describe('the table', () => {
  it('keeps state when the stack goes, can be restored, and can’t be deleted by mistake', () => {
    expect(resources(template, 'AWS::DynamoDB::Table')).toMatchObject([
      {
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      },
    ]);
  });
});

describe('the state machine', () => {
  const [machine] = resources(template, 'AWS::StepFunctions::StateMachine');

  it('is a Standard one that logs everything', () => {
    expect(machine?.Properties).toMatchObject({
      StateMachineType: 'STANDARD',
      StateMachineName: 'DatabaseFailover-6E0B9A90',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: false },
    });
    expect(properties(template, 'AWS::Logs::LogGroup').map((group) => group['LogGroupName'])).toContain(
      '/aws/vendedlogs/states/DatabaseFailover-6E0B9A90',
    );
  });

  it('runs the one definition, on the three functions of the stack', () => {
    const definition = readable(machine?.Properties['DefinitionString']);
    expect(JSON.parse(definition)).toMatchObject({ QueryLanguage: 'JSONata', StartAt: 'Open' });
    expect(new Set(definition.match(/\$\{\w+\.Arn\}/g))).toEqual(
      new Set([
        '${FailoverStepsDatabaseFunction.Arn}',
        '${FailoverStepsNetworkFunction.Arn}',
        '${FailoverStepsFenceFunction.Arn}',
      ]),
    );
  });

  it('is created after its role can invoke and log', () => {
    expect(machine?.DependsOn).toEqual([expect.stringMatching(/^FailoverWorkflowRole/)]);
  });

  it('has the name that the props give, in its ARN too', () => {
    const named = synthesize(exampleConfig(), { stateMachineName: 'orders-failover' });
    const names = properties(named, 'AWS::StepFunctions::StateMachine').map((each) => each['StateMachineName']);
    expect(names).toEqual(['orders-failover', expect.stringMatching(/Rehearsal/)]);
    const arns = JSON.stringify(properties(named, 'AWS::Lambda::Function')).match(/:stateMachine:[\w-]+/g);
    expect(new Set(arns)).toEqual(new Set([':stateMachine:orders-failover']));
  });
});

describe('people are told', () => {
  it('at every configured address', () => {
    expect(properties(template, 'AWS::SNS::Subscription')).toMatchObject([
      { Protocol: 'email', Endpoint: 'dba@example.com' },
    ]);
  });
});

describe('props', () => {
  it('set another threshold and another log retention', () => {
    const changed = synthesize(exampleConfig(), {
      alarmThreshold: Duration.minutes(2),
      logRetention: RetentionDays.ONE_YEAR,
    });
    const slow = properties(changed, 'AWS::CloudWatch::Alarm').filter(
      (each) => each['MetricName'] === 'FailoverSeconds',
    );
    expect(slow).toMatchObject([{ Threshold: 120 }]);
    for (const group of properties(changed, 'AWS::Logs::LogGroup')) expect(group['RetentionInDays']).toBe(365);
  });
});

describe('in somebody else’s stack', () => {
  const theirs = withApp((app) => {
    const stack = new Stack(app, 'Theirs');
    const operators = new Role(stack, 'Operators', { assumedBy: new AccountPrincipal('111122223333') });
    for (const id of ['Orders', 'Billing']) {
      const failover = new DatabaseFailover(stack, id, { config: exampleConfig(), handlersDirectory: STUB_HANDLERS });
      if (id === 'Orders') failover.grantStart(operators);
    }
    return Template.fromStack(stack);
  });

  it('lets operators start the workflow that they were granted, and nothing else', () => {
    const policies = properties(theirs, 'AWS::IAM::Policy').map((policy) => policy['PolicyDocument']);
    expect(policies).toEqual([
      {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'states:StartExecution',
            Effect: 'Allow',
            Resource: { Ref: expect.stringMatching(/^OrdersWorkflowStateMachine/) },
          },
        ],
      },
    ]);
  });

  it('stands twice without a clash of physical names', () => {
    const names = properties(theirs, 'AWS::StepFunctions::StateMachine').map((machine) => machine['StateMachineName']);
    // Each has its rehearsal.
    expect(names).toHaveLength(4);
    expect(new Set(names).size).toBe(4);
  });
});
