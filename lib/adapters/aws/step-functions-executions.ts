/**
 * `Executions` on Step Functions. The name makes a start idempotent: the same name and input while it runs is one
 * execution.
 *
 * @module
 */
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Executions } from '../../ports/cloud.ts';
import { awsErrorName, calling, clientSettings } from './client.ts';

export function stepFunctionsExecutions(stateMachineArn: string, client = new SFNClient(clientSettings())): Executions {
  const executionArn = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

  const status = async (execution: string) => {
    const answer = await calling(`DescribeExecution ${execution}`, () =>
      client.send(new DescribeExecutionCommand({ executionArn: execution })),
    );
    return answer.status === 'RUNNING' || answer.status === 'PENDING_REDRIVE' ? 'running' : 'ended';
  };

  return {
    status,
    async start(name, input) {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return 'started';
      } catch (error) {
        // Another monitor was first, with its own input, or the name belongs to an execution that is over.
        if (awsErrorName(error) === 'ExecutionAlreadyExists') {
          return (await status(executionArn(name))) === 'running' ? 'running' : 'already-ended';
        }
        return calling(`StartExecution ${name}`, () => Promise.reject(error));
      }
    },
  };
}
