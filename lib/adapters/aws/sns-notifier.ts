/**
 * `Notifier` on an SNS topic.
 *
 * @module
 */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '../../ports/cloud.ts';
import { calling, clientSettings } from './client.ts';

/** SNS refuses longer subjects. */
const LONGEST_SUBJECT = 100;

export function snsNotifier(topicArn: string, client = new SNSClient(clientSettings())): Notifier {
  return {
    async publish(subject, message) {
      await calling('Publish', () =>
        client.send(
          new PublishCommand({ TopicArn: topicArn, Subject: subject.slice(0, LONGEST_SUBJECT), Message: message }),
        ),
      );
    },
  };
}
