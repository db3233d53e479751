import { CreateTopicCommand, DeleteTopicCommand, GetTopicAttributesCommand, PublishCommand } from '@aws-sdk/client-sns';
import { expect } from 'vitest';
import { refusal } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { given } from '../fixtures/network.ts';
import type { Scene } from '../scene.ts';

export function snsContract(claim: Claim): void {
  claim('a topic takes messages, and its making is idempotent', [], async (scene) => {
    const { topicArn, name } = await openTopic(scene);
    const { sns } = scene.clients;
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
    expect(TopicArn).toBe(topicArn);
    const message = { TopicArn, Subject: 'Failover <done>', Message: 'the primary is db-2 & all is well' };
    expect((await sns.send(new PublishCommand(message))).MessageId).toBeTruthy();
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes?.['TopicArn']).toBe(topicArn);
  });

  claim('an unknown topic takes nothing and tells nothing', [], async (scene) => {
    const { topicArn } = await openTopic(scene);
    const TopicArn = `${topicArn}-none`;
    const { sns } = scene.clients;
    expect(await refusal(sns.send(new PublishCommand({ TopicArn, Message: 'm' })))).toBe('NotFoundException');
    expect(await refusal(sns.send(new GetTopicAttributesCommand({ TopicArn })))).toBe('NotFoundException');
  });

  claim('an empty message and a long subject are refused', ['messagesChecked'], async (scene) => {
    const { topicArn: TopicArn } = await openTopic(scene);
    const publish = (more: object) =>
      refusal(scene.clients.sns.send(new PublishCommand({ TopicArn, Message: 'm', ...more })));
    expect(await publish({ Message: '' })).toBe('InvalidParameterException');
    expect(await publish({ Subject: 'x'.repeat(101) })).toBe('InvalidParameterException');
  });
}

async function openTopic(scene: Scene): Promise<{ readonly topicArn: string; readonly name: string }> {
  const { sns } = scene.clients;
  const name = scene.name('contract');
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
  const topicArn = given(TopicArn, 'CreateTopic', 'TopicArn');
  scene.onClose(`topic ${name}`, () => sns.send(new DeleteTopicCommand({ TopicArn: topicArn })));
  return { topicArn, name };
}
