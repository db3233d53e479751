/**
 * `Rehearsals` in the state table: `CLUSTER#id / REHEARSAL`, replaced by each run. What another version has written and
 * can't be read counts as none.
 *
 * @module
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { findingsSchema } from '../../core/readiness/stored.ts';
import type { Rehearsals } from '../../ports/rehearsal.ts';
import { calling, clientSettings } from './client.ts';

const itemSchema = z.object({
  atMs: z.number(),
  findings: findingsSchema,
  told: z.array(z.string()),
});

export function dynamodbRehearsals(tableName: string, client = new DynamoDBClient(clientSettings())): Rehearsals {
  const documents = DynamoDBDocumentClient.from(client);
  const keyOf = (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'REHEARSAL' });
  return {
    async read(cluster) {
      const answer = await calling(`reading the rehearsal of cluster ${cluster}`, () =>
        documents.send(new GetCommand({ TableName: tableName, Key: keyOf(cluster), ConsistentRead: true })),
      );
      const item = itemSchema.safeParse(answer.Item);
      return item.success ? { cluster, ...item.data } : null;
    },
    async write({ cluster, atMs, findings, told }) {
      await calling(`writing the rehearsal of cluster ${cluster}`, () =>
        documents.send(new PutCommand({ TableName: tableName, Item: { ...keyOf(cluster), atMs, findings, told } })),
      );
    },
  };
}
