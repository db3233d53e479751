/**
 * `StateStore` on one DynamoDB table.
 *
 * | pk           | sk                                | what                            |
 * | ------------ | --------------------------------- | ------------------------------- |
 * | `CLUSTER#id` | `STATE`                           | the record of the cluster       |
 * | `CLUSTER#id` | `VOTE#monitor`                    | a monitor's latest vote         |
 * | `CLUSTER#id` | `JOURNAL#epoch#time#code#random`  | an event, never changed         |
 * | `PULSES`     | `PULSE#monitor#shard`             | who probes, and that it lives   |
 *
 * Nothing is ever deleted.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { inOrder, type JournalEvent } from '../../core/journal.ts';
import type { StateStore } from '../../ports/state.ts';
import { calling } from './client.ts';
import { dynamodbRecords } from './dynamodb-state-records.ts';
import { clusterKey, stateTable } from './dynamodb-state-table.ts';
import { dynamodbVotes } from './dynamodb-state-votes.ts';

const padded = (value: number, digits: number) => String(value).padStart(digits, '0');

export function dynamodbState(tableName: string, client?: DynamoDBClient): StateStore {
  const table = stateTable(tableName, client);

  return {
    ...dynamodbRecords(table),
    ...dynamodbVotes(table),

    async append(event) {
      const sk = `JOURNAL#${padded(event.epoch, 10)}#${padded(event.atMs, 15)}#${event.code}#${randomUUID()}`;
      await calling(`journalling ${event.code}`, () =>
        table.documents.send(
          new PutCommand({ TableName: tableName, Item: { pk: clusterKey(event.cluster), sk, event } }),
        ),
      );
    },

    async journal(cluster, epoch) {
      const prefix = `JOURNAL#${padded(epoch, 10)}#`;
      const items = await table.query(`reading the journal of cluster ${cluster}`, clusterKey(cluster), prefix);
      return inOrder(items.map((item) => item['event'] as JournalEvent));
    },
  };
}
