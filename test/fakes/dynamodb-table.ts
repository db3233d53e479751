/**
 * The product's table on a DynamoDB that anyone may use.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';

export const REGION = 'eu-central-1';
const TABLE_WAIT_SECONDS = 10;

/** A client: any credentials do. */
export function dynamoDbClient({ endpoint }: { readonly endpoint: string }): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
}

/** Creates a table with the keys of the product's own, and gives its name. */
export async function createTable(client: DynamoDBClient, name = `state-${randomUUID()}`): Promise<string> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: TABLE_WAIT_SECONDS, minDelay: 1 }, { TableName: name });
  return name;
}
