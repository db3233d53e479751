/**
 * The record of each cluster. Every write that changes one is conditional on its epoch and on the execution that holds
 * it (invariant 2); a change may be repeated, and then finds that it was made.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StaleActor } from '../../core/errors.ts';
import { firstState, otherNominee, type ClusterState, type Phase } from '../../core/state.ts';
import type { Actor, StateStore } from '../../ports/state.ts';
import { calling } from './client.ts';
import { clusterKey, type Item, type StateTable } from './dynamodb-state-table.ts';

type Records = Pick<
  StateStore,
  | 'read'
  | 'readAll'
  | 'register'
  | 'open'
  | 'nominate'
  | 'dismissNominee'
  | 'recordPrimary'
  | 'close'
  | 'standDown'
  | 'halt'
  | 'countAttempt'
>;

const stateKey = (cluster: string) => ({ pk: clusterKey(cluster), sk: 'STATE' });

export function dynamodbRecords({ tableName, documents, conditionally, getAll }: StateTable): Records {
  const readItem = async (cluster: string): Promise<Item | undefined> => {
    const answer = await calling(`reading cluster ${cluster}`, () =>
      documents.send(new GetCommand({ TableName: tableName, Key: stateKey(cluster), ConsistentRead: true })),
    );
    return answer.Item;
  };
  const read = async (cluster: string): Promise<ClusterState | null> => {
    const item = await readItem(cluster);
    return item === undefined ? null : toState(item);
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

  /**
   * Ends the change of `actor`; the second time finds it ended, and answers false. An answer that was lost, so that the SDK
   * asked again, is no second time: the record says who ended it.
   */
  const end = async (actor: Actor, set: string, values: Item): Promise<boolean> => {
    const endedBy = randomUUID();
    const ended = await asHolder(actor, `${set}, holder = :nobody, lastHolder = :execution, endedBy = :endedBy`, {
      ...values,
      ':nobody': null,
      ':endedBy': endedBy,
    });
    if (ended) return true;
    const now = await readItem(actor.cluster);
    if (now?.['epoch'] !== actor.epoch || now['lastHolder'] !== actor.execution) throw staleActor(actor);
    return now['endedBy'] === endedBy;
  };

  return {
    read,

    async readAll(clusters) {
      const items = await getAll('reading the records of clusters', clusters.map(stateKey));
      return new Map(items.map(toState).map((record) => [record.cluster, record]));
    },

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

    async recordPrimary(actor, { primary, fenced, promotedAt, reopenedAtMs }) {
      const fencing = fenced === null ? '' : ', fenced.#fenced = :epoch';
      const recorded = await asHolder(
        actor,
        `#primary = :primary, promotedAt = :promotedAt, reopenedAtMs = :reopenedAtMs, bootsReadOnly = nominee.bootsReadOnly, nominee = :nobody${fencing} REMOVE fenced.#new`,
        { ':primary': primary, ':promotedAt': promotedAt, ':reopenedAtMs': reopenedAtMs, ':nobody': null },
        {
          only: 'nominee.nodeId = :primary',
          names: { '#new': primary, ...(fenced === null ? {} : { '#fenced': fenced }) },
        },
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
  };
}

function toState({ pk: _pk, sk: _sk, endedBy: _endedBy, ...record }: Item): ClusterState {
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
