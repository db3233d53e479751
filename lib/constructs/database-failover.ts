/**
 * The construct that people put into their stack.
 *
 * @module
 */
import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import type { AlarmCode } from '../core/alarms.ts';
import type { ConfigInput } from '../core/config.ts';
import { Alarms } from './alarms.ts';
import { Endpoints } from './endpoints.ts';
import { FunctionNetwork } from './function-network.ts';
import { handlerAsset } from './handler-asset.ts';
import { literalConfig } from './literal-config.ts';
import { Monitors } from './monitors.ts';
import { NotificationTopic } from './notification-topic.ts';
import { Rehearsal } from './rehearsal.ts';
import { Schedules } from './schedules.ts';
import { StateTable } from './state-table.ts';
import { StepHandlers } from './step-handlers.ts';
import { Triggers } from './triggers.ts';
import { workflowName } from './workflow/workflow-name.ts';
import { Workflow } from './workflow/workflow.ts';

export interface DatabaseFailoverProps {
  /** What to look after, as docs/configuration.md says. Literal values only: it is packed with the functions' code. */
  readonly config: ConfigInput;

  /**
   * The VPC of the databases.
   *
   * @default - the VPC that `config.vpcId` names
   */
  readonly vpc?: IVpc;

  /**
   * Physical name of the state machine: up to 80 letters, digits, hyphens and underscores.
   *
   * @default - made from the stack's name and the construct's path
   */
  readonly stateMachineName?: string;

  /**
   * A failover that takes longer raises the alarm `slow-failover`.
   *
   * @default Duration.seconds(30)
   */
  readonly alarmThreshold?: Duration;

  /**
   * How long the logs of the functions and of the state machine are kept. The journal is kept for good, in the table.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * Directory with `<name>/index.ts` for each handler, or `<name>/index.mjs` where it was bundled beforehand.
   *
   * @default - the handlers of this package
   * @internal for tests of the constructs, and for the lab
   */
  readonly handlersDirectory?: string;
}

/**
 * Automatic failover for MySQL and MariaDB servers on EC2: monitors in several zones, the workflow that fences,
 * promotes and moves the address, and people told of it.
 *
 * Throws `ConfigError` at synth when the configuration can't be used.
 *
 * @example
 * const failover = new DatabaseFailover(this, 'Failover', { config: loadConfig('orders.yaml') });
 * failover.grantStart(operators);
 */
export class DatabaseFailover extends Construct {
  /** State, votes and journal. Kept when the stack is deleted. */
  readonly table: Table;
  /** The workflow. An execution of it changes one cluster. */
  readonly stateMachine: StateMachine;
  /** Goes the way of a failover without effect, on a schedule and whenever somebody starts it. */
  readonly rehearsal: StateMachine;
  /** Told of every change, of every halt, and by the alarms. */
  readonly topic: Topic;
  /** One function for each monitor, in the order of the configuration. */
  readonly monitors: readonly Function[];
  /** Speaks SQL, inside the VPC. */
  readonly databaseFunction: Function;
  /** Keeps a change's state, moves the address and writes the DNS record, outside the VPC. */
  readonly networkFunction: Function;
  /** Stops the old primary's instance and cuts its interfaces off, outside the VPC. No other function may. */
  readonly fenceFunction: Function;
  /** By the codes of docs/operations.md; of `monitor-silent` one for each monitor and shard. */
  readonly alarms: Readonly<Record<AlarmCode, readonly Alarm[]>>;

  constructor(scope: Construct, id: string, props: DatabaseFailoverProps) {
    super(scope, id);
    const config = literalConfig(props.config);
    const { logRetention = RetentionDays.ONE_MONTH, handlersDirectory } = props;
    const asset = { config, handlersDirectory };

    const network = new FunctionNetwork(this, 'Network', { config, vpc: props.vpc });
    if (config.endpoints === 'create') new Endpoints(this, 'Endpoints', { config, network });
    this.table = new StateTable(this, 'State');
    this.topic = new NotificationTopic(this, 'Notifications', config.notify);

    const workflow = workflowName(this, props.stateMachineName);
    const shared = { config, network, table: this.table, workflow, logRetention };
    const monitors = new Monitors(this, 'Monitors', { ...shared, code: handlerAsset('monitor', asset) });
    const steps = new StepHandlers(this, 'Steps', {
      ...shared,
      databaseCode: handlerAsset('database', asset),
      networkCode: handlerAsset('network', asset),
      fenceCode: handlerAsset('fence', asset),
      topic: this.topic,
    });
    this.monitors = monitors.functions;
    this.databaseFunction = steps.databaseFunction;
    this.networkFunction = steps.networkFunction;
    this.fenceFunction = steps.fenceFunction;
    this.stateMachine = new Workflow(this, 'Workflow', {
      stateMachineName: workflow.name,
      databaseFunction: this.databaseFunction,
      networkFunction: this.networkFunction,
      fenceFunction: this.fenceFunction,
      logRetention,
    }).stateMachine;

    this.rehearsal = new Rehearsal(this, 'Rehearsal', {
      databaseFunction: this.databaseFunction,
      networkFunction: this.networkFunction,
      fenceFunction: this.fenceFunction,
      logRetention,
    }).stateMachine;

    new Schedules(this, 'Schedules', { invocations: monitors.invocations });
    new Triggers(this, 'Triggers', { config, stateMachine: this.stateMachine });
    const { alarmThreshold = Duration.seconds(30) } = props;
    this.alarms = new Alarms(this, 'Alarms', {
      config,
      topic: this.topic,
      thresholds: { 'slow-failover': alarmThreshold.toSeconds() },
    }).byCode;
  }

  /** Lets somebody start the workflow: an operator, or another alarm's action. */
  grantStart(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }
}
