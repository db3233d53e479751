/**
 * `StateStore` on one DynamoDB table.
 *
 * | pk           | sk                                | what                      |
 * | ------------ | --------------------------------- | ------------------------- |
 * | `CLUSTER#id` | `STATE`                           | the record of the cluster |
 * | `CLUSTER#id` | `VOTE#monitor`                    | a monitor's latest vote   |
 * | `CLUSTER#id` | `JOURNAL#epoch#time#code#random`  | an event, never changed   |
 * | `MONITOR#id` | `LEASE`                           | who probes                |
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { StaleActor } from '../../core/errors.ts';
import { inOrder, type JournalEvent } from '../../core/journal.ts';
import type { Vote } from '../../core/observation.ts';
import { firstState, otherNominee, type ClusterState, type Phase } from '../../core/state.ts';
import type { Actor, StateStore } from '../../ports/state.ts';
import { awsErrorName, calling, clientSettings } from './client.ts';

type Item = Record<string, unknown>;

const clusterKey = (cluster: string) => `CLUSTER#${cluster}`;
const stateKey = (cluster: string) => ({ pk: clusterKey(cluster), sk: 'STATE' });
const leaseKey = (monitor: string) => ({ pk: `MONITOR#${monitor}`, sk: 'LEASE' });
const padded = (value: number, digits: number) => String(value).padStart(digits, '0');

export function dynamodbState(tableName: string, client = new DynamoDBClient(clientSettings())): StateStore {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  /** Runs a conditional write; false when the condition did not hold. */
  const conditionally = async (what: string, write: () => Promise<unknown>): Promise<boolean> => {
    try {
      await write();
      return true;
    } catch (error) {
      if (awsErrorName(error) === 'ConditionalCheckFailedException') return false;
      return calling(what, () => Promise.reject(error));
    }
  };

  const read = async (cluster: string): Promise<ClusterState | null> => {
    const answer = await calling(`reading cluster ${cluster}`, () =>
      documents.send(new GetCommand({ TableName: tableName, Key: stateKey(cluster), ConsistentRead: true })),
    );
    return answer.Item === undefined ? null : toState(answer.Item);
  };

  const query = async (cluster: string, prefix: string): Promise<Item[]> => {
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const answer = await calling(`reading ${prefix} of cluster ${cluster}`, () =>
        documents.send(
          new QueryCommand({
            TableName: tableName,
            ConsistentRead: true,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: { ':pk': clusterKey(cluster), ':prefix': prefix },
            ...(from === undefined ? {} : { ExclusiveStartKey: from }),
          }),
        ),
      );
      items.push(...(answer.Items ?? []));
      from = answer.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  };

  /** Changes the record as the holder of its lock, and of nobody else's. */
  const asHolder = (
    actor: Actor,
    set: string,
    values: Item,
    { only, names = {} }: { readonly only?: string; readonly names?: Readonly<Record<string, string>> } = {},
  ) =>
    conditionally(`writing cluster ${actor.cluster}`, () =>
      documents.send(
        new UpdateCommand({
          TableName: tableName,
          Key: stateKey(actor.cluster),
          UpdateExpression: `SET ${set}`,
          ConditionExpression: `epoch = :epoch AND holder = :execution${only === undefined ? '' : ` AND (${only})`}`,
          ExpressionAttributeNames: usedNames(set, names),
          ExpressionAttributeValues: { ...values, ':epoch': actor.epoch, ':execution': actor.execution },
        }),
      ),
    );

  /** Ends the change of `actor`; the second time finds it ended, and answers false. */
  const end = async (actor: Actor, set: string, values: Item): Promise<boolean> => {
    const ended = await asHolder(actor, `${set}, holder = :nobody, lastHolder = :execution`, {
      ...values,
      ':nobody': null,
    });
    if (ended) return true;
    const now = await read(actor.cluster);
    if (now?.epoch !== actor.epoch || now.lastHolder !== actor.execution) throw staleActor(actor);
    return false;
  };

  return {
    read,

    async register(cluster, primary) {
      const first = firstState(cluster, primary);
      const registered = await conditionally(`registering cluster ${cluster}`, () =>
        documents.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...stateKey(cluster), ...first },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
      return registered ? first : ((await read(cluster)) ?? first);
    },

    async open(seen, execution) {
      const opened = await conditionally(`opening cluster ${seen.cluster}`, () =>
        documents.send(
          new UpdateCommand({
            TableName: tableName,
            Key: stateKey(seen.cluster),
            UpdateExpression:
              'SET epoch = :next, holder = :execution, #phase = :changing, phaseBefore = :phase, attempt = :none',
            ConditionExpression: 'epoch = :epoch AND #phase = :phase AND holder = :holder',
            ExpressionAttributeNames: { '#phase': 'phase' },
            ExpressionAttributeValues: {
              ':next': seen.epoch + 1,
              ':execution': execution,
              ':changing': 'changing',
              ':none': 0,
              ':epoch': seen.epoch,
              ':phase': seen.phase,
              ':holder': seen.holder,
            },
          }),
        ),
      );
      if (opened) {
        const changing = { phase: 'changing', phaseBefore: seen.phase } satisfies Partial<ClusterState>;
        return { ...seen, ...changing, epoch: seen.epoch + 1, holder: execution, attempt: 0 };
      }
      const now = await read(seen.cluster);
      return now?.holder === execution ? now : null;
    },

    async nominate(actor, { nodeId, bootsReadOnly }) {
      const nominated = await asHolder(
        actor,
        'nominee = :nominee',
        { ':nominee': { nodeId, epoch: actor.epoch, bootsReadOnly }, ':nobody': null, ':nodeId': nodeId },
        { only: 'nominee = :nobody OR nominee.nodeId = :nodeId' },
      );
      if (nominated) return;
      const now = await read(actor.cluster);
      const holds = now?.epoch === actor.epoch && now.holder === actor.execution;
      throw holds && now.nominee !== null ? otherNominee(now.nominee, nodeId) : staleActor(actor);
    },

    async dismissNominee(actor) {
      const dismissed = await asHolder(
        actor,
        'nominee = :nobody',
        { ':nobody': null },
        { only: 'nominee.epoch < :epoch' },
      );
      if (dismissed) return;
      const now = await read(actor.cluster);
      if (now?.epoch !== actor.epoch || now.holder !== actor.execution) throw staleActor(actor);
    },

    async recordPrimary(actor, { primary, fenced, promotedAt }) {
      const recorded = await asHolder(
        actor,
        '#primary = :primary, promotedAt = :promotedAt, bootsReadOnly = nominee.bootsReadOnly, nominee = :nobody, fenced.#fenced = :epoch REMOVE fenced.#new',
        { ':primary': primary, ':promotedAt': promotedAt, ':nobody': null },
        { only: 'nominee.nodeId = :primary', names: { '#fenced': fenced, '#new': primary } },
      );
      if (recorded) return;
      const now = await read(actor.cluster);
      const done = now?.epoch === actor.epoch && now.holder === actor.execution && now.primary === primary;
      if (!done) throw staleActor(actor);
    },

    async close(actor, { route, notBeforeMs }) {
      return await end(actor, '#phase = :steady, #route = :route, notBeforeMs = :notBefore', {
        ':steady': 'steady' satisfies Phase,
        ':route': route,
        ':notBefore': notBeforeMs,
      });
    },

    async standDown(actor, notBeforeMs) {
      await end(actor, '#phase = phaseBefore, notBeforeMs = :notBefore', { ':notBefore': notBeforeMs });
    },

    async halt(actor) {
      await end(actor, '#phase = :halted', { ':halted': 'halted' satisfies Phase });
    },

    countAttempt(seen, notBeforeMs) {
      return conditionally(`counting an attempt on cluster ${seen.cluster}`, () =>
        documents.send(
          new UpdateCommand({
            TableName: tableName,
            Key: stateKey(seen.cluster),
            UpdateExpression: 'SET attempt = :next, notBeforeMs = :notBefore',
            ConditionExpression: 'epoch = :epoch AND attempt = :attempt',
            ExpressionAttributeValues: {
              ':next': seen.attempt + 1,
              ':notBefore': notBeforeMs,
              ':epoch': seen.epoch,
              ':attempt': seen.attempt,
            },
          }),
        ),
      );
    },

    async vote(vote) {
      await calling(`voting on cluster ${vote.cluster}`, () =>
        documents.send(
          new PutCommand({
            TableName: tableName,
            Item: { pk: clusterKey(vote.cluster), sk: `VOTE#${vote.monitor}`, vote },
          }),
        ),
      );
    },

    async votes(cluster) {
      return (await query(cluster, 'VOTE#')).map((item) => item['vote'] as Vote);
    },

    async append(event) {
      const sk = `JOURNAL#${padded(event.epoch, 10)}#${padded(event.atMs, 15)}#${event.code}#${randomUUID()}`;
      await calling(`journalling ${event.code}`, () =>
        documents.send(new PutCommand({ TableName: tableName, Item: { pk: clusterKey(event.cluster), sk, event } })),
      );
    },

    async journal(cluster, epoch) {
      const items = await query(cluster, `JOURNAL#${padded(epoch, 10)}#`);
      return inOrder(items.map((item) => item['event'] as JournalEvent));
    },

    async lease(monitor, { holder, untilMs, endsAtMs }, nowMs) {
      const held = await conditionally(`leasing monitor ${monitor}`, () =>
        documents.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...leaseKey(monitor), leaseHolder: holder, untilMs, endsAtMs },
            ConditionExpression: 'attribute_not_exists(pk) OR leaseHolder = :holder OR untilMs < :now',
            ExpressionAttributeValues: { ':holder': holder, ':now': nowMs },
          }),
        ),
      );
      if (held) return { held };
      const answer = await calling(`reading the lease of monitor ${monitor}`, () =>
        documents.send(new GetCommand({ TableName: tableName, Key: leaseKey(monitor), ConsistentRead: true })),
      );
      return { held, endsAtMs: Number(answer.Item?.['endsAtMs'] ?? nowMs) };
    },

    async release(monitor, holder) {
      await conditionally(`releasing monitor ${monitor}`, () =>
        documents.send(
          new DeleteCommand({
            TableName: tableName,
            Key: leaseKey(monitor),
            ConditionExpression: 'leaseHolder = :holder',
            ExpressionAttributeValues: { ':holder': holder },
          }),
        ),
      );
    },
  };
}

function toState({ pk: _pk, sk: _sk, ...record }: Item): ClusterState {
  return record as unknown as ClusterState;
}

/**
 * What `#name` in an expression stands for: itself, where `names` has nothing else. DynamoDB refuses names that an
 * expression does not use.
 */
function usedNames(expression: string, names: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const used = [...new Set(expression.match(/#\w+/g) ?? [])];
  return used.length === 0 ? undefined : Object.fromEntries(used.map((name) => [name, names[name] ?? name.slice(1)]));
}

function staleActor({ cluster, epoch, execution }: Actor): StaleActor {
  return new StaleActor(
    `${execution} does not hold cluster ${cluster} under epoch ${epoch} (any more); it changes nothing`,
  );
}
