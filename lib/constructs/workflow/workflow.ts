/**
 * The state machine that changes a cluster, and the one that rehearses it.
 *
 * @module
 */
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import { acknowledgeNoTraces, acknowledgeWildcards } from '../acknowledged.ts';
import { workflowDefinition, type WorkflowDefinition, type WorkflowFunctions } from './definition.ts';

export interface WorkflowProps {
  readonly stateMachineName: string;
  readonly databaseFunction: IFunction;
  readonly networkFunction: IFunction;
  readonly fenceFunction: IFunction;
  readonly logRetention: RetentionDays;
  /**
   * What it runs.
   *
   * @default - the failover
   */
  readonly definition?: (functions: WorkflowFunctions) => WorkflowDefinition;
}

/** Runs a definition, and may do nothing but invoke its three functions. Every transition is logged. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { definition = workflowDefinition } = props;
    const functions = {
      databaseFunction: props.databaseFunction.functionArn,
      networkFunction: props.networkFunction.functionArn,
      fenceFunction: props.fenceFunction.functionArn,
    };
    const log = new LogGroup(this, 'Log', {
      // AWS appends each such group to one resource policy of limited size, unless its name starts like this.
      logGroupName: `/aws/vendedlogs/states/${props.stateMachineName}`,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const statements = [invoke(Object.values(functions)), deliverLogs()];
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: { Permissions: new PolicyDocument({ statements }) },
    });
    acknowledgeWildcards(this, statements);
    acknowledgeNoTraces(this);

    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: props.stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition(functions))),
      // The policy above is complete: the L2 would add the log statement once more.
      role: role.withoutPolicyUpdates(),
      logs: { destination: log, level: LogLevel.ALL, includeExecutionData: true },
      tracingEnabled: false,
    });
  }
}

function invoke(functionArns: string[]): PolicyStatement {
  return new PolicyStatement({ sid: 'InvokeSteps', actions: ['lambda:InvokeFunction'], resources: functionArns });
}

/** Deliveries and the resource policies of CloudWatch Logs are of the account: no resource can be named. */
function deliverLogs(): PolicyStatement {
  return new PolicyStatement({
    sid: 'DeliverLogs',
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    resources: ['*'],
  });
}
