/**
 * Executions of the workflow as an operator sees them, over the API.
 *
 * @module
 */
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient, type HistoryEvent } from '@aws-sdk/client-sfn';

export interface ExecutionSummary {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly startedAtMs: number;
}

export interface ExecutionLog {
  /** Every execution of the machine, oldest first. */
  list(): Promise<readonly ExecutionSummary[]>;
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
  close(): void;
}

export function executionLog(options: {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly stateMachineArn: string;
}): ExecutionLog {
  const client = new SFNClient(options);
  return {
    async list() {
      const { executions = [] } = await client.send(
        new ListExecutionsCommand({ stateMachineArn: options.stateMachineArn }),
      );
      return executions
        .map(({ executionArn = '', name = '', status = '', startDate }) => ({
          arn: executionArn,
          name,
          status,
          startedAtMs: startDate?.getTime() ?? 0,
        }))
        .sort((a, b) => a.startedAtMs - b.startedAtMs);
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
    close: () => client.destroy(),
  };
}
