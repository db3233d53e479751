/** @module A published message as the function gets it that is subscribed to the topic. */

export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly publishedAt: Date;
}

export function functionEvent(published: PublishedMessage, subscriptionArn: string): string {
  const { messageId, topicArn, subject, message, attributes, publishedAt } = published;
  return JSON.stringify({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          Type: 'Notification',
          MessageId: messageId,
          TopicArn: topicArn,
          Subject: subject === '' ? null : subject,
          Message: message,
          Timestamp: publishedAt.toISOString(),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
          ),
        },
      },
    ],
  });
}
