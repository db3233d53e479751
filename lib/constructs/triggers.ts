/**
 * What starts the workflow besides the monitors: events of EC2 on the instances of the servers, and alarms that the
 * configuration names. Open finds out which cluster an event is about, and whether it is about a primary at all.
 *
 * A rule names what it is about, so that an instance of somebody else starts nothing. A pattern has 2,048 characters at
 * most, room for about 80 instances: each rule takes as many as fit, and there are as many as it takes. A thousand clusters
 * of three servers make some forty rules of the 300 that a bus has by default.
 *
 * @module
 */
import { Duration, Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, type EventPattern } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import type { Config } from '../core/config.ts';

export interface TriggersProps {
  readonly config: Config;
  readonly stateMachine: IStateMachine;
}

/** EventBridge takes patterns of 2,048 characters; CDK spells some words longer than they are written here. */
const LONGEST_PATTERN = 2_000;

/** The words of EC2 for an instance that goes down. */
const GOING_DOWN = ['stopping', 'stopped', 'shutting-down', 'terminated'];

export class Triggers extends Construct {
  constructor(scope: Construct, id: string, { config, stateMachine }: TriggersProps) {
    super(scope, id);
    const target = targetOf(this, stateMachine);
    const instanceIds = config.clusters.flatMap(({ nodes }) => nodes.map(({ instanceId }) => instanceId));
    packed(instanceIds, instancesGoDown).forEach((eventPattern, index) => {
      new Rule(this, numbered('Instances', index), {
        description: 'Looks whether a primary is gone when EC2 says that its instance goes down',
        eventPattern,
        targets: [target({ kind: 'ec2-event', instanceId: '$.detail.instance-id', state: '$.detail.state' })],
      });
    });
    const alarmNames = config.clusters.flatMap(({ alarms }) => alarms);
    packed(alarmNames, alarmsAreRaised).forEach((eventPattern, index) => {
      new Rule(this, numbered('Alarms', index), {
        description: 'Looks whether a primary is gone when an alarm is raised that the configuration names',
        eventPattern,
        targets: [target({ kind: 'alarm', name: '$.detail.alarmName' })],
      });
    });
  }
}

function instancesGoDown(instanceIds: readonly string[]): EventPattern {
  return {
    source: ['aws.ec2'],
    detailType: ['EC2 Instance State-change Notification'],
    detail: { state: GOING_DOWN, 'instance-id': instanceIds },
  };
}

function alarmsAreRaised(names: readonly string[]): EventPattern {
  return {
    source: ['aws.cloudwatch'],
    detailType: ['CloudWatch Alarm State Change'],
    detail: { state: { value: ['ALARM'] }, alarmName: names },
  };
}

/** As few patterns as hold all the names, in their order, each within the limit. */
function packed(names: readonly string[], patternOf: (some: readonly string[]) => EventPattern): EventPattern[] {
  const groups: string[][] = [];
  for (const name of names) {
    const last = groups.at(-1);
    if (last !== undefined && JSON.stringify(patternOf([...last, name])).length <= LONGEST_PATTERN) last.push(name);
    else groups.push([name]);
  }
  return groups.map((group) => patternOf(group));
}

/** The first has no number: most deployments have one, and it must not be replaced when there are more. */
function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}${index + 1}`;
}

/** Starts the workflow with a trigger; values that begin with `$.` are paths in the event. The role may do nothing else. */
function targetOf(scope: Construct, stateMachine: IStateMachine) {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('events.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    inlinePolicies: {
      Permissions: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'StartExecutions',
            actions: ['states:StartExecution'],
            resources: [stateMachine.stateMachineArn],
          }),
        ],
      }),
    },
  });
  return (trigger: Readonly<Record<string, string>>) =>
    new SfnStateMachine(stateMachine, {
      input: RuleTargetInput.fromObject({
        trigger: Object.fromEntries(
          Object.entries(trigger).map(([key, value]) => [
            key,
            value.startsWith('$.') ? EventField.fromPath(value) : value,
          ]),
        ),
      }),
      // The policy above is complete: the target would add a policy of its own.
      role: role.withoutPolicyUpdates(),
      // What comes a minute late is seen by the monitors long before.
      retryAttempts: 3,
      maxEventAge: Duration.minutes(1),
    });
}
