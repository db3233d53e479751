/** @module Topics of a template, who is subscribed to them and who may publish. */
import * as z from 'zod';
import { provider } from '../provider.ts';

const INLINE_SUBSCRIPTION = z.object({ Protocol: z.string(), Endpoint: z.string() });

export const topic = provider(
  { TopicName: z.string().optional(), Subscription: z.array(INLINE_SUBSCRIPTION).default([]) },
  ['DisplayName', 'KmsMasterKeyId'],
  ({ TopicName, Subscription }, { sns, generatedName }) => {
    const name = TopicName ?? generatedName;
    const topicArn = sns.createTopic(name);
    for (const { Protocol, Endpoint } of Subscription) sns.subscribe(topicArn, Protocol, Endpoint);
    return { physicalId: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
  },
);

export const subscription = provider(
  { TopicArn: z.string(), Protocol: z.string(), Endpoint: z.string() },
  [],
  ({ TopicArn, Protocol, Endpoint }, { sns, generatedName }) => {
    sns.subscribe(TopicArn, Protocol, Endpoint);
    return { physicalId: `${TopicArn}:${generatedName}` };
  },
);

export const topicPolicy = provider(
  { PolicyDocument: z.unknown(), Topics: z.array(z.string()).min(1) },
  [],
  ({ PolicyDocument, Topics }, { identities, generatedName }) => {
    for (const topicArn of Topics) identities.putResourcePolicy(topicArn, PolicyDocument);
    return { physicalId: generatedName };
  },
);
