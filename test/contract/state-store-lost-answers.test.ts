/**
 * The state store where the answer to each write is lost once, after the write: the SDK asks again, and the condition that
 * held the first time holds no more. What the store answers must be what it would have answered.
 */
import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import { clientConfig, openAccount, type LabAccount } from '../lab/cloud/lab-account.ts';

const ACTOR = { cluster: 'orders', epoch: 2, execution: 'orders-e2' };

let account: LabAccount;
let client: DynamoDBClient;
let store: StateStore;
let first: ClusterState;

beforeAll(async () => {
  account = await openAccount();
  client = new DynamoDBClient({ ...clientConfig(account.cloud), maxAttempts: 2 });
});
afterAll(async () => {
  client.destroy();
  await account.close();
});
beforeEach(async () => {
  account.cloud.faults.lift();
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
  store = dynamodbState(TableName, client);
  account.cloud.faults.arm([
    { service: 'dynamodb', kind: 'change', attempts: 1, fault: { kind: 'lost-response', how: 'reset' } },
  ]);
  first = await store.register('orders', 'db-1');
});

const read = () => store.read('orders');
const opened = () => store.open(first, ACTOR.execution);
const promoted = { primary: 'db-2', fenced: 'db-1', promotedAt: '0-1-100', reopenedAtMs: null };

describe('a write whose answer is lost', () => {
  it('registers a cluster', async () => {
    expect(await read()).toEqual(first);
  });

  it('opens a change for who asked', async () => {
    expect(await opened()).toMatchObject({ epoch: 2, holder: ACTOR.execution, phase: 'changing' });
  });

  it('nominates and records a primary', async () => {
    await opened();
    await store.nominate(ACTOR, { nodeId: 'db-2', bootsReadOnly: true });
    await store.recordPrimary(ACTOR, promoted);
    expect(await read()).toMatchObject({ primary: 'db-2', nominee: null, fenced: { 'db-1': 2 } });
  });

  it('closes a change, and says that it was this call that did: people are told by it', async () => {
    await opened();
    expect(await store.close(ACTOR, { route: 'vip', notBeforeMs: 7 })).toBe(true);
    expect(await read()).toMatchObject({ phase: 'steady', holder: null, lastHolder: ACTOR.execution });
    expect(await store.close(ACTOR, { route: 'vip', notBeforeMs: 7 })).toBe(false);
  });

  it.each(['halt', 'stand down'] as const)('ends a change: %s', async (how) => {
    await opened();
    await (how === 'halt' ? store.halt(ACTOR) : store.standDown(ACTOR, 0));
    expect(await read()).toMatchObject({ phase: how === 'halt' ? 'halted' : 'steady', holder: null });
  });

  it('is in the journal once', async () => {
    const event = { code: 'stood-down', because: 'b', atMs: 1, ...ACTOR } as const;
    await store.append(event);
    expect(await store.journal('orders', 2)).toEqual([event]);
  });
});
