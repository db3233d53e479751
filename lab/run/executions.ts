/**
 * Executions of the workflow as an operator sees and handles them, over the API.
 *
 * @module
 */
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';

export interface ExecutionSummary {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly startedAtMs: number;
}

export interface Executions {
  /** Every execution of the machine, oldest first. */
  list(): Promise<readonly ExecutionSummary[]>;
  /** The error that it ended with; null without one. */
  errorOf(executionArn: string): Promise<string | null>;
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
  start(name: string, input: object): Promise<void>;
  /** Lets an execution that failed or was stopped go on where it stood. */
  redrive(executionArn: string): Promise<void>;
  close(): void;
}

/** @param client closed with what is returned */
export function executionsOf(stateMachineArn: string, client: SFNClient): Executions {
  return {
    async list() {
      const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
      return executions
        .map(({ executionArn = '', name = '', status = '', startDate }) => ({
          arn: executionArn,
          name,
          status,
          startedAtMs: startDate?.getTime() ?? 0,
        }))
        .sort((a, b) => a.startedAtMs - b.startedAtMs);
    },
    async errorOf(executionArn) {
      const { error } = await client.send(new DescribeExecutionCommand({ executionArn }));
      return error ?? null;
    },
    async history(executionArn) {
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new GetExecutionHistoryCommand({
            executionArn,
            maxResults: 1_000,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        );
        events.push(...(page.events ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return events;
    },
    async start(name, input) {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    },
    async redrive(executionArn) {
      await client.send(new RedriveExecutionCommand({ executionArn }));
    },
    close: () => client.destroy(),
  };
}
