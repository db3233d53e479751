/**
 * A DynamoDB in memory that speaks AWS's protocol, for what must be held against the real adapters.
 *
 * @module
 */
import { once } from 'node:events';
import dynalite from 'dynalite';

export interface DynamoDb {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts one on a free port of loopback. */
export async function startDynamoDb(): Promise<DynamoDb> {
  const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
