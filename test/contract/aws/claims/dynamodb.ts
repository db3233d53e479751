import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { refusal, refusalOf } from '../clients.ts';
import type { Claim } from '../contract.ts';
import type { Scene } from '../scene.ts';

const EPOCH_1 = { epoch: { N: '1' } };

export function dynamoDbContract(claim: Claim): void {
  claim('exactly one of many conditional writers wins', [], async (scene) => {
    const { TableName, Key } = await itemOfEpoch1(scene);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, writer) =>
        scene.clients.dynamoDb.send(
          new UpdateItemCommand({
            TableName,
            Key,
            UpdateExpression: 'SET epoch = epoch + :one, holder = :holder',
            ConditionExpression: 'epoch = :seen AND attribute_not_exists(holder)',
            ExpressionAttributeValues: { ':one': { N: '1' }, ':seen': { N: '1' }, ':holder': { S: String(writer) } },
          }),
        ),
      ),
    );
    const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(reasons).toHaveLength(9);
    expect(reasons.every((reason) => reason instanceof ConditionalCheckFailedException)).toBe(true);
    const { Item } = await scene.clients.dynamoDb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(Item).toEqual({ ...Key, epoch: { N: '2' }, holder: { S: String(winner) } });
  });

  claim(
    'a condition that does not hold tells the item that is there, to whom asks for it',
    ['oldItem'],
    async (scene) => {
      const { TableName, Key } = await itemOfEpoch1(scene);
      const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
      const put = (more: object) =>
        refusalOf(scene.clients.dynamoDb.send(new PutItemCommand({ TableName, Item: Key, ...condition, ...more })));
      const told = await put({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
      expect(told).toBeInstanceOf(ConditionalCheckFailedException);
      expect(told).toMatchObject({ Item: { ...Key, ...EPOCH_1 }, $metadata: { httpStatusCode: 400 } });
      expect(await put({})).not.toHaveProperty('Item', expect.anything());
    },
  );

  claim('a transaction with one condition that does not hold writes nothing, and tells why', [], async (scene) => {
    const { TableName, Key } = await itemOfEpoch1(scene);
    const Other = { ...Key, sk: { S: 'JOURNAL#1' } };
    const transact = (seen: string) =>
      scene.clients.dynamoDb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName, Item: Other } },
            {
              Update: {
                TableName,
                Key,
                UpdateExpression: 'SET epoch = :next',
                ConditionExpression: 'epoch = :seen',
                ExpressionAttributeValues: { ':seen': { N: seen }, ':next': { N: '2' } },
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
          ],
        }),
      );
    const read = async (key: typeof Key) =>
      (await scene.clients.dynamoDb.send(new GetItemCommand({ TableName, Key: key, ConsistentRead: true }))).Item;
    const error = await refusalOf(transact('7'));
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { ...Key, ...EPOCH_1 } }],
    });
    expect(await read(Other)).toBeUndefined();
    await transact('1');
    expect([await read(Other), await read(Key)]).toEqual([Other, { ...Key, epoch: { N: '2' } }]);
  });

  claim('items of a partition are found by the beginning of their sort key, in its order', [], async (scene) => {
    const { TableName, Key } = await itemOfEpoch1(scene);
    const { dynamoDb } = scene.clients;
    for (const sk of ['VOTE#b', 'VOTE#a', 'WATCH#a']) {
      await dynamoDb.send(new PutItemCommand({ TableName, Item: { pk: Key.pk, sk: { S: sk } } }));
    }
    const { Items } = await dynamoDb.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': Key.pk, ':prefix': { S: 'VOTE#' } },
      }),
    );
    expect(Items?.map(({ sk }) => sk?.S)).toEqual(['VOTE#a', 'VOTE#b']);
    const { Responses } = await dynamoDb.send(
      new BatchGetItemCommand({
        RequestItems: { [TableName]: { Keys: [Key, { pk: Key.pk, sk: { S: 'none' } }], ConsistentRead: true } },
      }),
    );
    expect(Responses?.[TableName]).toEqual([{ ...Key, ...EPOCH_1 }]);
  });

  claim('an unknown table and an expression that can not be one are refused', [], async (scene) => {
    const { TableName, Key } = await itemOfEpoch1(scene);
    const { dynamoDb } = scene.clients;
    const unknown = dynamoDb.send(new GetItemCommand({ TableName: scene.name('none'), Key }));
    expect(await refusal(unknown)).toBe('ResourceNotFoundException');
    const broken = dynamoDb.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: 'SET SET' }));
    expect(await refusal(broken)).toBe('ValidationException');
  });
}

async function itemOfEpoch1(scene: Scene) {
  const TableName = await scene.table();
  const Key = { pk: { S: scene.name('CLUSTER') }, sk: { S: 'STATE' } };
  await scene.clients.dynamoDb.send(new PutItemCommand({ TableName, Item: { ...Key, ...EPOCH_1 } }));
  return { TableName, Key };
}
