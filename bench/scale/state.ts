/**
 * The table that a measured monitor works with: in its own process, where it costs next to nothing, or the real adapter
 * over the wire.
 *
 * @module
 */
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import { createTable, dynamoDbClient } from '../../test/fakes/dynamodb-table.ts';
import { memoryStateStore } from '../../test/fakes/memory-state-store.ts';

/** @param endpoint of a DynamoDB, or null for one in memory */
export async function stateFor(endpoint: string | null): Promise<StateStore> {
  if (endpoint === null) return memoryStateStore();
  const client = dynamoDbClient({ endpoint });
  return dynamodbState(await createTable(client), client);
}
