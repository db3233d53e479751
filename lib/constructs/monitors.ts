/**
 * The monitors: one function for each, in its own zone.
 *
 * @module
 */
import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Code, Function } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import type { Config, MonitorConfig } from '../core/config.ts';
import { shardsOf } from '../core/shards.ts';
import type { FunctionNetwork } from './function-network.ts';
import { HandlerFunction } from './handler-function.ts';
import { monitorMemoryMb, monitorNodeOptions } from './monitor-size.ts';
import { seeExecutions, startExecutions } from './permissions/execution-access.ts';
import { readSecrets } from './permissions/secret-access.ts';
import { useState } from './permissions/state-access.ts';
import type { ScheduledInvocation } from './schedules.ts';
import type { WorkflowName } from './workflow/workflow-name.ts';

export interface MonitorsProps {
  readonly config: Config;
  readonly code: Code;
  readonly network: FunctionNetwork;
  readonly table: Table;
  readonly workflow: WorkflowName;
  readonly logRetention: RetentionDays;
}

/**
 * Separate functions, rather than one in all subnets, so that each stays in the zone that its vote speaks for: Lambda
 * chooses the subnet of an invocation by itself.
 */
export class Monitors extends Construct {
  readonly functions: readonly Function[];
  /** For each shard one, every minute; it loops for about 14, and a lease lets one alone of them probe. */
  readonly invocations: readonly ScheduledInvocation[];

  constructor(scope: Construct, id: string, props: MonitorsProps) {
    super(scope, id);
    const monitors = props.config.monitors.map((monitor) => ({
      monitor,
      function: monitorFunction(this, monitor, props),
    }));
    this.functions = monitors.map((each) => each.function);
    this.invocations = monitors.flatMap((each) =>
      shardsOf(props.config).map((clusters, shard) => ({
        id: `Monitor-${each.monitor.id}-${shard}`,
        description: `Keeps monitor ${each.monitor.id} in ${each.monitor.availabilityZone} running for ${clusters.length} clusters (shard ${shard})`,
        function: each.function,
        rate: Duration.minutes(1),
        input: { monitor: each.monitor.id, shard },
      })),
    );
  }
}

function monitorFunction(scope: Construct, monitor: MonitorConfig, props: MonitorsProps): Function {
  const { config, network, workflow } = props;
  const clusters = Math.max(...shardsOf(config).map((shard) => shard.length));
  return new HandlerFunction(scope, monitor.id, {
    description: `Monitor ${monitor.id}: watches the databases from ${monitor.availabilityZone}`,
    code: props.code,
    memorySizeMb: monitorMemoryMb(clusters),
    // The longest that Lambda allows: the loop ends by itself before.
    timeout: Duration.minutes(15),
    environment: {
      NODE_OPTIONS: monitorNodeOptions(clusters),
      TABLE_NAME: props.table.tableName,
      MONITOR_ID: monitor.id,
      AVAILABILITY_ZONE: monitor.availabilityZone,
      STATE_MACHINE_ARN: workflow.stateMachineArn,
    },
    permissions: [
      useState(props.table, 'BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      startExecutions(workflow),
      seeExecutions(workflow),
      ...readSecrets(scope, config, ['monitor']),
    ],
    logRetention: props.logRetention,
    placement: {
      vpc: network.vpc,
      subnets: [network.subnetOf(monitor)],
      securityGroup: network.securityGroup,
    },
  }).function;
}
