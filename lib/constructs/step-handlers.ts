/**
 * The two functions that do the workflow's steps.
 *
 * @module
 */
import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code, Function } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import type { Config } from '../core/config.ts';
import { FenceGroup } from './fence-group.ts';
import type { FunctionNetwork } from './function-network.ts';
import { HandlerFunction } from './handler-function.ts';
import { seeExecutions } from './permissions/execution-access.ts';
import { networkChanges } from './permissions/network-changes.ts';
import { readSecrets } from './permissions/secret-access.ts';
import { useState } from './permissions/state-access.ts';
import type { ScheduledInvocation } from './schedules.ts';
import type { WorkflowName } from './workflow/workflow-name.ts';

export interface StepHandlersProps {
  readonly config: Config;
  readonly databaseCode: Code;
  readonly networkCode: Code;
  readonly network: FunctionNetwork;
  readonly table: TableV2;
  readonly topic: ITopic;
  readonly workflow: WorkflowName;
  readonly logRetention: RetentionDays;
}

const SIZE = { memorySizeMb: 512, timeout: Duration.minutes(1) };

/**
 * Two, not one for each step, so that a failover pays at most two cold starts; and not one, because nothing outside
 * the VPC is reachable from inside without a NAT gateway, while EC2 and Route 53 are what must be reached.
 */
export class StepHandlers extends Construct {
  readonly databaseFunction: Function;
  readonly networkFunction: Function;
  /** Keep both warm: after weeks of idleness Lambda would refuse the first invocation of the one in the VPC. */
  readonly invocations: readonly ScheduledInvocation[];

  constructor(scope: Construct, id: string, props: StepHandlersProps) {
    super(scope, id);
    this.databaseFunction = databaseFunction(this, props);
    this.networkFunction = networkFunction(this, props);
    this.invocations = Object.entries({ Database: this.databaseFunction, Network: this.networkFunction }).map(
      ([name, handler]) => ({
        id: `Ready-${name}`,
        description: `Keeps the ${name.toLowerCase()} function warm`,
        function: handler,
        rate: Duration.minutes(5),
        input: { step: 'ready' },
      }),
    );
  }
}

function databaseFunction(scope: Construct, props: StepHandlersProps): Function {
  const { config, network, table } = props;
  return new HandlerFunction(scope, 'Database', {
    ...SIZE,
    description: 'Steps of a failover that speak SQL',
    code: props.databaseCode,
    environment: { TABLE_NAME: table.tableName },
    permissions: [
      useState(table),
      readSecrets(
        scope,
        config.clusters.flatMap(({ secrets }) => [secrets.operator, secrets.replication]),
      ),
    ],
    logRetention: props.logRetention,
    placement: { vpc: network.vpc, subnets: network.subnets, securityGroup: network.securityGroup },
  }).function;
}

function networkFunction(scope: Construct, props: StepHandlersProps): Function {
  const { config, network, table, topic } = props;
  const fenceGroup = new FenceGroup(scope, 'Fence', { vpc: network.vpc });
  return new HandlerFunction(scope, 'Network', {
    ...SIZE,
    description: 'Steps of a failover that change the network, and those that keep its state',
    code: props.networkCode,
    environment: {
      TABLE_NAME: table.tableName,
      STATE_MACHINE_ARN: props.workflow.stateMachineArn,
      TOPIC_ARN: topic.topicArn,
      FENCE_SECURITY_GROUP_ID: fenceGroup.securityGroupId,
    },
    permissions: [
      useState(table),
      seeExecutions(props.workflow),
      ...networkChanges(scope, { config, fenceGroup }),
      new PolicyStatement({ sid: 'Notify', actions: ['sns:Publish'], resources: [topic.topicArn] }),
    ],
    logRetention: props.logRetention,
  }).function;
}
