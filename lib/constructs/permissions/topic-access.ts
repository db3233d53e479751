/**
 * Access to the topic by which people are told.
 *
 * @module
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

export function notify(topic: ITopic): PolicyStatement {
  return new PolicyStatement({ sid: 'Notify', actions: ['sns:Publish'], resources: [topic.topicArn] });
}
