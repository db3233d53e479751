/**
 * The stack that `cdk deploy` of this repository deploys: one `DatabaseFailover`, and where to find its parts.
 *
 * @module
 */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { DatabaseFailover, type DatabaseFailoverProps } from './database-failover.ts';

export interface FailoverStackProps extends StackProps {
  readonly failover: DatabaseFailoverProps;
}

export class FailoverStack extends Stack {
  readonly failover: DatabaseFailover;

  constructor(scope: Construct, id: string, { failover, ...props }: FailoverStackProps) {
    super(scope, id, props);
    this.failover = new DatabaseFailover(this, 'Failover', failover);
    new CfnOutput(this, 'StateMachineArn', { value: this.failover.stateMachine.stateMachineArn });
    new CfnOutput(this, 'RehearsalArn', { value: this.failover.rehearsal.stateMachineArn });
    new CfnOutput(this, 'TableName', { value: this.failover.table.tableName });
    new CfnOutput(this, 'DatabaseFunctionName', { value: this.failover.databaseFunction.functionName });
    new CfnOutput(this, 'TopicArn', { value: this.failover.topic.topicArn });
  }
}
