/**
 * Votes and pulses. A vote lies with its cluster; the pulses of all monitors lie together, a dozen items for a thousand
 * clusters, so that who reads votes reads both at once and needs to know of no shards.
 *
 * @module
 */
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Vote } from '../../core/observation.ts';
import { standing, type Pulse, type Seat } from '../../core/pulse.ts';
import type { StateStore } from '../../ports/state.ts';
import { calling } from './client.ts';
import { clusterKey, type Item, type StateTable } from './dynamodb-state-table.ts';

type Votes = Pick<StateStore, 'vote' | 'votes' | 'pulse' | 'takeSeat' | 'renewSeat' | 'askRelief'>;

const PULSES = 'PULSES';
const pulseKey = ({ monitor, shard }: Seat) => ({ pk: PULSES, sk: `PULSE#${monitor}#${shard}` });
const seatName = ({ monitor, shard }: Seat) => `monitor ${monitor} in shard ${shard}`;
/** The item still is its, and it has not left. */
const HOLDS = 'term = :term AND releasedAtMs = :null';

export function dynamodbVotes({ tableName, documents, conditionally, query }: StateTable): Votes {
  const pulses = async () => (await query('reading the pulses', PULSES, 'PULSE#')).map(toPulse);

  const pulse = async (seat: Seat): Promise<Pulse | null> => {
    const answer = await calling(`reading the pulse of ${seatName(seat)}`, () =>
      documents.send(new GetCommand({ TableName: tableName, Key: pulseKey(seat), ConsistentRead: true })),
    );
    return answer.Item === undefined ? null : toPulse(answer.Item);
  };

  return {
    async vote(vote) {
      // False: one that this term wrote later is there already.
      await conditionally(`voting on cluster ${vote.cluster}`, () =>
        documents.send(
          new PutCommand({
            TableName: tableName,
            Item: { pk: clusterKey(vote.cluster), sk: `VOTE#${vote.monitor}`, vote },
            ConditionExpression: 'attribute_not_exists(pk) OR #vote.#term <> :term OR #vote.#atMs <= :atMs',
            ExpressionAttributeNames: { '#vote': 'vote', '#term': 'term', '#atMs': 'atMs' },
            ExpressionAttributeValues: { ':term': vote.term, ':atMs': vote.atMs },
          }),
        ),
      );
    },

    async votes(cluster) {
      const [votes, all] = await Promise.all([
        query(`reading the votes on cluster ${cluster}`, clusterKey(cluster), 'VOTE#'),
        pulses(),
      ]);
      return votes.map((item) => standing(item['vote'] as Vote, all));
    },

    pulse,

    takeSeat(taken, seen) {
      return conditionally(`taking the seat of ${seatName(taken)}`, () =>
        documents.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...pulseKey(taken), ...taken },
            ...(seen === null
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'term = :term AND atMs = :atMs',
                  ExpressionAttributeValues: { ':term': seen.term, ':atMs': seen.atMs },
                }),
          }),
        ),
      );
    },

    async renewSeat(renewed) {
      const { monitor: _monitor, shard: _shard, relief: _relief, ...changes } = renewed;
      let relief: string | null = null;
      const held = await conditionally(`renewing the seat of ${seatName(renewed)}`, async () => {
        const answer = await documents.send(
          new UpdateCommand({
            TableName: tableName,
            Key: pulseKey(renewed),
            UpdateExpression: `SET ${Object.keys(changes)
              .map((name) => `#${name} = :new_${name}`)
              .join(', ')}`,
            ConditionExpression: HOLDS,
            ExpressionAttributeNames: Object.fromEntries(Object.keys(changes).map((name) => [`#${name}`, name])),
            ExpressionAttributeValues: {
              ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [`:new_${name}`, value])),
              ':term': renewed.term,
              ':null': null,
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        relief = answer.Attributes === undefined ? null : toPulse(answer.Attributes).relief;
      });
      return held ? { held, relief } : { held };
    },

    askRelief(held, relief) {
      return conditionally(`asking for the seat of ${seatName(held)}`, () =>
        documents.send(
          new UpdateCommand({
            TableName: tableName,
            Key: pulseKey(held),
            UpdateExpression: 'SET relief = :relief',
            ConditionExpression: `${HOLDS} AND relief = :null`,
            ExpressionAttributeValues: { ':relief': relief, ':term': held.term, ':null': null },
          }),
        ),
      );
    },
  };
}

function toPulse({ pk: _pk, sk: _sk, ...pulse }: Item): Pulse {
  return pulse as unknown as Pulse;
}
