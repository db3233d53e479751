/**
 * A DynamoDB stand-in in a process of its own, for the cost of the real adapter.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface DynamodbStandIn {
  readonly endpoint: string;
  end(): void;
}

export async function startDynamodb(): Promise<DynamodbStandIn> {
  const child = fork(fileURLToPath(new URL('dynamodb-process.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
  });
  // Sent by our own process.
  const [endpoint] = (await once(child, 'message')) as [string];
  return { endpoint, end: () => void child.kill() };
}
