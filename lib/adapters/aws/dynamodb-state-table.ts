/**
 * The state table as its parts use it: whole answers, however many pages they come in, and conditions that did not hold
 * as an answer and not as an error. Every call rejects with `CloudError` that says what it was about.
 *
 * @module
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { CloudError } from '../../core/errors.ts';
import { awsErrorName, calling, clientSettings } from './client.ts';

export type Item = Record<string, unknown>;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export interface StateTable {
  readonly tableName: string;
  readonly documents: DynamoDBDocumentClient;
  /** Runs a conditional write; false when the condition did not hold. */
  readonly conditionally: (what: string, write: () => Promise<unknown>) => Promise<boolean>;
  /** Every item of a partition whose sort key begins so. */
  readonly query: (what: string, pk: string, prefix: string) => Promise<readonly Item[]>;
  /** The items of these keys, in any order; those that there are. */
  readonly getAll: (what: string, keys: readonly Key[]) => Promise<readonly Item[]>;
}

export const clusterKey = (cluster: string) => `CLUSTER#${cluster}`;

/** The most that DynamoDB gives in one call. */
const KEYS_A_CALL = 100;
/** How often keys that DynamoDB left out of an answer, as it may under load, are asked for again. */
const ATTEMPTS = 4;

export function stateTable(tableName: string, client = new DynamoDBClient(clientSettings())): StateTable {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  const getUpTo100 = async (what: string, wanted: readonly Key[]): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let keys: Item[] = wanted.map((key) => ({ ...key }));
    for (let attempt = 0; keys.length > 0; attempt += 1) {
      if (attempt === ATTEMPTS)
        throw new CloudError(`${what} failed: ${keys.length} of ${wanted.length} were left out`);
      const RequestItems = { [tableName]: { Keys: keys, ConsistentRead: true } };
      const answer = await calling(what, () => documents.send(new BatchGetCommand({ RequestItems })));
      items.push(...(answer.Responses?.[tableName] ?? []));
      keys = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return items;
  };

  return {
    tableName,
    documents,

    async conditionally(what, write) {
      try {
        await write();
        return true;
      } catch (error) {
        if (awsErrorName(error) === 'ConditionalCheckFailedException') return false;
        return calling(what, () => Promise.reject(error));
      }
    },

    async query(what, pk, prefix) {
      const items: Item[] = [];
      let from: Item | undefined;
      do {
        const answer = await calling(what, () =>
          documents.send(
            new QueryCommand({
              TableName: tableName,
              ConsistentRead: true,
              KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
              ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
              ...(from === undefined ? {} : { ExclusiveStartKey: from }),
            }),
          ),
        );
        items.push(...(answer.Items ?? []));
        from = answer.LastEvaluatedKey;
      } while (from !== undefined);
      return items;
    },

    async getAll(what, keys) {
      const calls = Array.from({ length: Math.ceil(keys.length / KEYS_A_CALL) }, (_, index) =>
        getUpTo100(what, keys.slice(index * KEYS_A_CALL, (index + 1) * KEYS_A_CALL)),
      );
      return (await Promise.all(calls)).flat();
    },
  };
}
