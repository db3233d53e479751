import { PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamodbRehearsals } from '../../lib/adapters/aws/dynamodb-rehearsals.ts';
import { CloudError } from '../../lib/core/errors.ts';
import { findingOf } from '../../lib/core/readiness/finding.ts';
import type { RehearsalResult } from '../../lib/core/readiness/result.ts';
import type { Rehearsals } from '../../lib/ports/rehearsal.ts';
import { startDynamoDb, type DynamoDb } from '../fakes/dynamodb-server.ts';
import { createTable, dynamoDbClient } from '../fakes/dynamodb-table.ts';
import { MemoryRehearsals } from '../fakes/fake-rehearsal.ts';

const RESULT: RehearsalResult = {
  cluster: 'orders',
  atMs: 1_800_000_000_000,
  findings: [findingOf('stop-protected', 'orders', 'db-1', 'i-1 has stop protection')],
  told: ['stop-protected db-1'],
};

function claims(open: () => Promise<Rehearsals>): void {
  let rehearsals: Rehearsals;
  beforeEach(async () => {
    rehearsals = await open();
  });

  it('knows nothing of a cluster that was never rehearsed', async () => {
    expect(await rehearsals.read('orders')).toBeNull();
  });

  it('gives back what was written, of that cluster alone', async () => {
    await rehearsals.write(RESULT);
    expect(await rehearsals.read('orders')).toEqual(RESULT);
    expect(await rehearsals.read('billing')).toBeNull();
  });

  it('keeps the latest result only', async () => {
    await rehearsals.write(RESULT);
    await rehearsals.write({ ...RESULT, atMs: RESULT.atMs + 1, findings: [], told: [] });
    expect(await rehearsals.read('orders')).toMatchObject({ atMs: RESULT.atMs + 1, findings: [], told: [] });
  });
}

describe('rehearsals in memory', () => {
  claims(() => Promise.resolve(new MemoryRehearsals()));
});

describe('rehearsals on DynamoDB', () => {
  let server: DynamoDb;
  let client: DynamoDBClient;
  let TableName: string;

  beforeAll(async () => {
    server = await startDynamoDb();
    client = dynamoDbClient(server);
  });
  beforeEach(async () => {
    TableName = await createTable(client);
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  claims(() => Promise.resolve(dynamodbRehearsals(TableName, client)));

  it('takes what another version wrote, and this one can not read, for none', async () => {
    const Item = { pk: { S: 'CLUSTER#orders' }, sk: { S: 'REHEARSAL' }, atMs: { S: 'yesterday' } };
    await client.send(new PutItemCommand({ TableName, Item }));
    expect(await dynamodbRehearsals(TableName, client).read('orders')).toBeNull();
  });

  it('says which cluster it was about when the table is not there', async () => {
    const elsewhere = dynamodbRehearsals('nowhere', client);
    await expect(elsewhere.read('orders')).rejects.toThrow(CloudError);
    await expect(elsewhere.write(RESULT)).rejects.toThrow(/writing the rehearsal of cluster orders failed/);
  });
});
