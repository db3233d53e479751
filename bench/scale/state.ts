/**
 * The table that a measured monitor works with: in its own process, where it costs next to nothing, or the real adapter
 * over the wire.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import { memoryStateStore } from '../../test/fakes/memory-state-store.ts';

const TABLE_WAIT_SECONDS = 10;

/** @param endpoint of a DynamoDB, or null for one in memory */
export async function stateFor(endpoint: string | null): Promise<StateStore> {
  if (endpoint === null) return memoryStateStore();
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
  const TableName = `state-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: TABLE_WAIT_SECONDS, minDelay: 1 }, { TableName });
  return dynamodbState(TableName, client);
}
