/**
 * The table of a deployment on a DynamoDB of its own, over the wire, with what a failover left in it.
 *
 * @module
 */
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import type { JournalEvent } from '../../lib/core/journal.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import { startDynamoDb } from '../fakes/dynamodb-server.ts';
import { createTable, dynamoDbClient } from '../fakes/dynamodb-table.ts';
import { failover, ORDER } from '../lambdas/failover.ts';

export const TABLE = 'failover-table';

export interface LabTable {
  readonly endpoint: string;
  readonly state: StateStore;
  close(): Promise<void>;
}

/** Any credentials do. */
export async function labTable(): Promise<LabTable> {
  const server = await startDynamoDb();
  const { endpoint } = server;
  const client = dynamoDbClient(server);
  await createTable(client, TABLE);
  return {
    endpoint,
    state: dynamodbState(TABLE, client),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

/** The journal of a failover as the steps leave it, a tenth of a second between two. */
export async function journalOfAFailover(): Promise<readonly JournalEvent[]> {
  const world = await failover();
  for (const step of [...ORDER, 'check-instance'] as const) {
    await world.clock.pass(step === 'check-instance' ? 60_000 : 100);
    await world.step(step);
  }
  return world.journal();
}

/** Makes the record of a cluster say that it is at an epoch, and writes the events down. */
export async function leaveHistory(
  state: StateStore,
  cluster: string,
  epoch: number,
  events: readonly object[],
): Promise<void> {
  await state.register(cluster, 'db-1');
  for (let next = 2; next <= epoch; next += 1) {
    const seen = await state.read(cluster);
    const execution = `${cluster}-e${next}`;
    if (seen === null || (await state.open(seen, execution)) === null) throw new Error(`epoch ${next} was not opened`);
    await state.standDown({ cluster, epoch: next, execution }, 0);
  }
  for (const event of events) await state.append({ ...event, cluster } as JournalEvent);
}
