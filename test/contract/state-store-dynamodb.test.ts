import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { startDynamoDb, type DynamoDb } from '../fakes/dynamodb-server.ts';
import { createTable, dynamoDbClient } from '../fakes/dynamodb-table.ts';
import { describeStateStore } from './state-store.ts';

describe('the state store on DynamoDB', () => {
  let server: DynamoDb;
  let client: DynamoDBClient;

  beforeAll(async () => {
    server = await startDynamoDb();
    client = dynamoDbClient(server);
  });

  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  describeStateStore(async () => dynamodbState(await createTable(client), client));
});
