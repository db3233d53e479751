import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientConfig, type LabAccount, openAccount } from './lab-account.ts';

let account: LabAccount;
beforeAll(async () => {
  account = await openAccount();
});
afterAll(() => account.close());

describe('DynamoDB', () => {
  const TableName = 'state';
  let dynamodb: DynamoDBClient;
  beforeAll(async () => {
    dynamodb = new DynamoDBClient(clientConfig(account.cloud));
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });
  afterAll(() => dynamodb.destroy());

  test('of 20 conditional writers of one item exactly one wins', async () => {
    const Key = { pk: { S: 'epoch' } };
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, epoch: { N: '1' } } }));
    const race = Array.from({ length: 20 }, (_, writer) =>
      dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'SET epoch = :next, holder = :writer',
          ConditionExpression: 'epoch = :seen',
          ExpressionAttributeValues: {
            ':seen': { N: '1' },
            ':next': { N: '2' },
            ':writer': { S: String(writer) },
          },
        }),
      ),
    );
    const outcomes = await Promise.allSettled(race);
    const lost = outcomes.filter((each) => each.status === 'rejected');
    expect(lost).toHaveLength(19);
    expect(lost.every(({ reason }) => reason instanceof ConditionalCheckFailedException)).toBe(true);
    const winner = outcomes.findIndex((each) => each.status === 'fulfilled');
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    expect(Item).toEqual({ ...Key, epoch: { N: '2' }, holder: { S: String(winner) } });
  });

  const pk = (name: string) => ({ pk: { S: name } });
  const read = async (name: string) =>
    (await dynamodb.send(new GetItemCommand({ TableName, Key: pk(name), ConsistentRead: true }))).Item;

  test('a condition that does not hold gives the item of that very moment, whoever else writes', async () => {
    const Key = pk('counter');
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, n: { N: '0' } } }));
    const write = (n: number) =>
      dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'SET n = :n',
          ConditionExpression: 'n < :n',
          ExpressionAttributeValues: { ':n': { N: String(n) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    const outcomes = await Promise.allSettled([9, 3, 8, 1, 5].map(write));
    const items = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason.Item?.n.N as string] : []));
    expect(items.length).toBeGreaterThan(0);
    // No smaller value was refused because of what came later.
    expect(items.every((n) => Number(n) > 0)).toBe(true);
    expect(await read('counter')).toEqual({ ...Key, n: { N: '9' } });
  });

  test('a transaction takes back all that it wrote when one part is refused, and a check writes nothing', async () => {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...pk('there'), n: { N: '1' } } }));
    const transact = (condition: string) =>
      dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName, Item: pk('new') } },
            { Delete: { TableName, Key: pk('there') } },
            { ConditionCheck: { TableName, Key: pk('absent'), ConditionExpression: condition } },
          ],
        }),
      );
    await expect(transact('attribute_exists(pk)')).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
    });
    expect([await read('new'), await read('there')]).toEqual([undefined, { ...pk('there'), n: { N: '1' } }]);
    await transact('attribute_not_exists(pk)');
    expect([await read('new'), await read('there'), await read('absent')]).toEqual([pk('new'), undefined, undefined]);
  });

  test('a transaction is done once for its token, and its token is for nothing else', async () => {
    const add = (ClientRequestToken: string, by: string) =>
      dynamodb.send(
        new TransactWriteItemsCommand({
          ClientRequestToken,
          TransactItems: [
            {
              Update: {
                TableName,
                Key: pk('sum'),
                UpdateExpression: 'ADD n :by',
                ExpressionAttributeValues: { ':by': { N: by } },
              },
            },
          ],
        }),
      );
    await add('once', '1');
    await add('once', '1');
    await expect(add('once', '2')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
    await add('twice', '1');
    expect(await read('sum')).toEqual({ ...pk('sum'), n: { N: '2' } });
  });

  test('what neither dynalite nor the lab does is refused by name', async () => {
    await expect(
      dynamodb.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: pk('x') } }] })),
    ).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('TransactGetItems') });
  });
});

describe('SNS', () => {
  test('keeps what was published, with its subject and attributes', async () => {
    const sns = new SNSClient(clientConfig(account.cloud));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'failovers' }));
    const subscription = await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'operator@example.com' }),
    );
    expect(subscription.SubscriptionArn).toBe('pending confirmation');
    const { MessageId } = await sns.send(
      new PublishCommand({
        TopicArn,
        Subject: 'Failover <done>',
        Message: 'the primary is db-2 & all is well',
        MessageAttributes: { epoch: { DataType: 'Number', StringValue: '2' } },
      }),
    );
    expect(account.cloud.sns.messages).toMatchObject([
      {
        messageId: MessageId,
        subject: 'Failover <done>',
        message: 'the primary is db-2 & all is well',
        attributes: { epoch: '2' },
      },
    ]);
    await expect(sns.send(new PublishCommand({ TopicArn, Message: '' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(sns.send(new PublishCommand({ TopicArn: `${TopicArn}x`, Message: 'm' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    sns.destroy();
  });
});

test('Secrets Manager gives a secret by name or ARN and refuses an unknown one', async () => {
  const secrets = new SecretsManagerClient(clientConfig(account.cloud));
  const { arn } = account.cloud.world.addSecret('orders/operator', '{"user":"operator"}');
  for (const SecretId of ['orders/operator', arn]) {
    const { SecretString, ARN } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    expect({ SecretString, ARN }).toEqual({ SecretString: '{"user":"operator"}', ARN: arn });
  }
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  secrets.destroy();
});
