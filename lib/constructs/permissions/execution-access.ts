/**
 * Access to the state machine and its executions.
 *
 * @module
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

import type { WorkflowName } from '../workflow/workflow-name.ts';

export function startExecutions({ stateMachineArn }: WorkflowName): PolicyStatement {
  return new PolicyStatement({
    sid: 'StartExecutions',
    actions: ['states:StartExecution'],
    resources: [stateMachineArn],
  });
}

/** Whoever wants the lock of a cluster must see that the execution that holds it has ended. */
export function seeExecutions({ executionArns }: WorkflowName): PolicyStatement {
  return new PolicyStatement({
    sid: 'SeeExecutions',
    actions: ['states:DescribeExecution'],
    resources: [executionArns],
  });
}
