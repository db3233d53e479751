/**
 * Functions that are invoked again and again.
 *
 * @module
 */
import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';

export interface ScheduledInvocation {
  /** Unique among the schedules. */
  readonly id: string;
  readonly description: string;
  readonly function: IFunction;
  readonly rate: Duration;
  readonly input: Readonly<Record<string, string | number>>;
}

/**
 * EventBridge schedules with one role. An invocation that fails is not repeated, and one that is a minute late is not
 * made at all: the next is due anyway, while the service's default is 185 attempts over a day.
 */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, props: { readonly invocations: readonly ScheduledInvocation[] }) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        Permissions: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'InvokeFunctions',
              actions: ['lambda:InvokeFunction'],
              resources: [...new Set(props.invocations.map((invocation) => invocation.function.functionArn))],
            }),
          ],
        }),
      },
    });
    for (const { id, description, rate, input, function: target } of props.invocations) {
      new Schedule(this, id, {
        description,
        schedule: ScheduleExpression.rate(rate),
        target: new LambdaInvoke(target, {
          input: ScheduleTargetInput.fromObject(input),
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
          // The policy above is complete: the target would add every version of each function.
          role: role.withoutPolicyUpdates(),
        }),
      });
    }
  }
}
