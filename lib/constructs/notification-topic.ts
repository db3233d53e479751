/**
 * The topic by which people are told.
 *
 * @module
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface NotificationTopicProps {
  /** Each is asked once to confirm. */
  readonly emails: readonly string[];
}

/** Takes messages over TLS only: from roles of the account that may publish, and from the account's alarms. */
export class NotificationTopic extends Topic {
  constructor(scope: Construct, id: string, { emails }: NotificationTopicProps) {
    super(scope, id, { displayName: 'Database failover', enforceSSL: true });
    for (const email of emails) this.addSubscription(new EmailSubscription(email));

    const stack = Stack.of(this);
    const alarms = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // A topic with a policy of its own loses the one that SNS gives it, which lets alarms in.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': alarms } },
      }),
    );
  }
}
