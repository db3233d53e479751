/** @module Probes of records, items and messages. */
import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateHostedZoneCommand, DeleteHostedZoneCommand } from '@aws-sdk/client-route-53';
import { CreateTopicCommand, DeleteTopicCommand, PublishCommand } from '@aws-sdk/client-sns';
import type { Probe } from '../capabilities.ts';
import { refusal, refusalOf } from '../clients.ts';
import { changeRecord, openZone } from '../fixtures/zone.ts';

export const dataProbes = {
  dnsPending: {
    title: 'a change of records is PENDING before it is INSYNC',
    async lack(scene) {
      const { ChangeInfo } = await changeRecord(scene, await openZone(scene), 'UPSERT', 'probe', '10.42.1.1');
      return ChangeInfo?.Status === 'PENDING' ? undefined : `the change was ${ChangeInfo?.Status} at once`;
    },
  },
  recordsChecked: {
    title: 'the values of records are looked at',
    async lack(scene) {
      const code = await refusal(changeRecord(scene, await openZone(scene), 'UPSERT', 'probe', 'localhost'));
      return code === 'InvalidChangeBatch' ? undefined : `an A record with the value localhost: ${code}`;
    },
  },
  callerReference: {
    title: 'a repeated caller reference creates no second zone',
    async lack(scene) {
      const { route53 } = scene.clients;
      const create = new CreateHostedZoneCommand({ Name: 'contract.example', CallerReference: scene.name('zone') });
      const { HostedZone } = await route53.send(create);
      scene.onClose(`zone ${HostedZone?.Id}`, () => route53.send(new DeleteHostedZoneCommand({ Id: HostedZone?.Id })));
      const code = await refusal(route53.send(create));
      return code === 'HostedZoneAlreadyExists' ? undefined : `the second zone: ${code}`;
    },
  },
  oldItem: {
    title: 'a condition that does not hold tells the item that is there',
    async lack(scene) {
      const TableName = await scene.table();
      const Item = { pk: { S: scene.name('old') }, sk: { S: 'STATE' } };
      const put = (condition: object) =>
        scene.clients.dynamoDb.send(new PutItemCommand({ TableName, Item, ...condition }));
      await put({});
      const error = await refusalOf(
        put({ ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      );
      return error instanceof ConditionalCheckFailedException && error.Item
        ? undefined
        : `the refusal ${error?.name} has no item`;
    },
  },
  messagesChecked: {
    title: 'SNS takes no empty message',
    async lack(scene) {
      const { sns } = scene.clients;
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: scene.name('contract') }));
      scene.onClose(`topic ${TopicArn}`, () => sns.send(new DeleteTopicCommand({ TopicArn })));
      const code = await refusal(sns.send(new PublishCommand({ TopicArn, Message: '' })));
      return code === 'InvalidParameterException' ? undefined : `an empty message: ${code}`;
    },
  },
} satisfies Record<string, Probe>;
