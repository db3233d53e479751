/**
 * The name of the state machine, and the ARNs that follow from it.
 *
 * @module
 */
import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

const LONGEST_NAME = 80;

/**
 * Known before the state machine is: its functions are told its ARN and may look at its executions, while it is told
 * theirs. References both ways would be a cycle that CloudFormation refuses.
 */
export interface WorkflowName {
  readonly name: string;
  readonly stateMachineArn: string;
  /** Matches every execution. */
  readonly executionArns: string;
}

/** @param name the name to use; by default one made from the stack's name and the path of `scope` */
export function workflowName(
  scope: Construct,
  name: string = Names.uniqueResourceName(scope, { maxLength: LONGEST_NAME, separator: '-' }),
): WorkflowName {
  const stack = Stack.of(scope);
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return { name, stateMachineArn: arn('stateMachine', name), executionArns: arn('execution', `${name}:*`) };
}
