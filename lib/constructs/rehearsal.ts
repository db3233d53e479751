/**
 * The rehearsal: a state machine of its own, started on a schedule, which goes the way of a failover without effect. It
 * keeps the functions warm too: after weeks of idleness Lambda would refuse the first invocation of the one in the VPC.
 *
 * @module
 */
import { Duration, Names, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import { REHEARSAL_MINUTES } from '../core/readiness/slice.ts';
import { rehearsalDefinition } from './workflow/rehearsal-definition.ts';
import { Workflow } from './workflow/workflow.ts';

export interface RehearsalProps {
  readonly databaseFunction: IFunction;
  readonly networkFunction: IFunction;
  readonly fenceFunction: IFunction;
  readonly logRetention: RetentionDays;
}

export class Rehearsal extends Construct {
  /** Start it by hand with `{"cluster": "…"}` to rehearse one cluster now, or with `{}` for those whose turn it is. */
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: RehearsalProps) {
    super(scope, id);
    this.stateMachine = new Workflow(this, 'Machine', {
      ...props,
      stateMachineName: Names.uniqueResourceName(this, { maxLength: 80, separator: '-' }),
      definition: rehearsalDefinition,
    }).stateMachine;

    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        Permissions: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'StartRehearsals',
              actions: ['states:StartExecution'],
              resources: [this.stateMachine.stateMachineArn],
            }),
          ],
        }),
      },
    });
    new Schedule(this, 'Schedule', {
      description: 'Rehearses failovers, and keeps the functions warm',
      schedule: ScheduleExpression.rate(Duration.minutes(REHEARSAL_MINUTES)),
      target: new StepFunctionsStartExecution(this.stateMachine, {
        input: ScheduleTargetInput.fromObject({}),
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
        role: role.withoutPolicyUpdates(),
      }),
    });
  }
}
