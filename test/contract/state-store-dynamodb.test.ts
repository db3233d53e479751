import type { Server } from 'node:http';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterAll, beforeAll, describe } from 'vitest';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { describeStateStore } from './state-store.ts';

describe('the state store on DynamoDB', () => {
  let server: Server;
  let client: DynamoDBClient;

  beforeAll(async () => {
    server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${address.port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    });
  });

  afterAll(async () => {
    client.destroy();
    server.close();
    await once(server, 'close');
  });

  describeStateStore(async () => {
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
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName });
    return dynamodbState(TableName, client);
  });
});
