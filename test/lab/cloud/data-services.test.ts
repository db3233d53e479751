import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
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

  test('what dynalite would leave out is refused', async () => {
    const transaction = dynamodb.send(
      new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: { pk: { S: 'x' } } } }] }),
    );
    await expect(transaction).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('TransactWriteItems'),
    });
    const put = dynamodb.send(
      new PutItemCommand({
        TableName,
        Item: { pk: { S: 'x' } },
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    await expect(put).rejects.toMatchObject({ name: 'NotImplemented' });
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
