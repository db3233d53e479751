/**
 * The three functions that do the workflow's steps.
 *
 * @module
 */
import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Code, Function } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import type { Config } from '../core/config.ts';
import { FenceGroup } from './fence-group.ts';
import type { FunctionNetwork } from './function-network.ts';
import { HandlerFunction } from './handler-function.ts';
import { seeExecutions } from './permissions/execution-access.ts';
import { fenceChanges } from './permissions/fence-changes.ts';
import { seeInstances } from './permissions/instance-access.ts';
import { seeFence, seeRoute } from './permissions/rehearsal-sight.ts';
import { routeChanges } from './permissions/route-changes.ts';
import { readSecrets } from './permissions/secret-access.ts';
import { useState } from './permissions/state-access.ts';
import { notify } from './permissions/topic-access.ts';
import type { WorkflowName } from './workflow/workflow-name.ts';

export interface StepHandlersProps {
  readonly config: Config;
  readonly databaseCode: Code;
  readonly networkCode: Code;
  readonly fenceCode: Code;
  readonly network: FunctionNetwork;
  readonly table: Table;
  readonly topic: ITopic;
  readonly workflow: WorkflowName;
  readonly logRetention: RetentionDays;
}

const SIZE = { memorySizeMb: 512, timeout: Duration.minutes(1) };

/**
 * Not one for each step, so that a failover finds them warm. Not one for all: SQL is spoken inside the VPC, from where
 * EC2 and Route 53 can't be reached without a NAT gateway. And the fence apart from the network, as its slow calls go on
 * beside the promotion and would hold the sandbox that is to move the address; it alone may stop a server.
 */
export class StepHandlers extends Construct {
  readonly databaseFunction: Function;
  readonly networkFunction: Function;
  readonly fenceFunction: Function;

  constructor(scope: Construct, id: string, props: StepHandlersProps) {
    super(scope, id);
    this.databaseFunction = databaseFunction(this, props);
    this.networkFunction = networkFunction(this, props);
    this.fenceFunction = fenceFunction(this, props);
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
      useState(table, 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      // The monitors' too: the rehearsal looks with it.
      ...readSecrets(scope, config, ['operator', 'replication', 'monitor']),
    ],
    logRetention: props.logRetention,
    placement: { vpc: network.vpc, subnets: network.subnets, securityGroup: network.securityGroup },
  }).function;
}

function networkFunction(scope: Construct, props: StepHandlersProps): Function {
  const { config, table, topic, workflow } = props;
  return new HandlerFunction(scope, 'Network', {
    ...SIZE,
    description: 'Steps of a failover that keep its state and lead clients elsewhere',
    code: props.networkCode,
    environment: {
      TABLE_NAME: table.tableName,
      STATE_MACHINE_ARN: workflow.stateMachineArn,
      TOPIC_ARN: topic.topicArn,
    },
    permissions: [
      useState(table, 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      seeExecutions(workflow),
      seeInstances(),
      ...routeChanges(scope, config),
      ...seeRoute(topic),
      notify(topic),
    ],
    logRetention: props.logRetention,
  }).function;
}

function fenceFunction(scope: Construct, props: StepHandlersProps): Function {
  const { config, network, table, topic } = props;
  const fenceGroup = new FenceGroup(scope, 'FenceGroup', { vpc: network.vpc });
  return new HandlerFunction(scope, 'Fence', {
    ...SIZE,
    description: 'Steps of a failover that stop the old primary and cut it off',
    code: props.fenceCode,
    environment: {
      TABLE_NAME: table.tableName,
      TOPIC_ARN: topic.topicArn,
      FENCE_SECURITY_GROUP_ID: fenceGroup.securityGroupId,
    },
    permissions: [
      useState(table, 'GetItem', 'PutItem', 'Query'),
      seeInstances(),
      ...fenceChanges(scope, { config, fenceGroup }),
      ...seeFence(scope, config),
      notify(topic),
    ],
    logRetention: props.logRetention,
  }).function;
}
