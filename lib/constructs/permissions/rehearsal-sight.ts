/**
 * What only the rehearsal looks at. Whether a change would be permitted it asks with the change's own permission.
 *
 * @module
 */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';

import type { Config } from '../../core/config.ts';
import { accessTo } from './access-to.ts';

/** Stop protection of exactly the configured instances, and security groups, of which EC2 knows no resources to name. */
export function seeFence(scope: IConstruct, config: Config): PolicyStatement[] {
  const instance = (resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'ec2', resource: 'instance', resourceName });
  const nodes = config.clusters.flatMap((cluster) => cluster.nodes);
  return [
    ...accessTo(config, {
      sid: 'SeeStopProtection',
      actions: ['ec2:DescribeInstanceAttribute'],
      arns: nodes.map((node) => instance(node.instanceId)),
      anyArn: instance('*'),
    }),
    new PolicyStatement({ sid: 'SeeGroups', actions: ['ec2:DescribeSecurityGroups'], resources: ['*'] }),
  ];
}

/** Where the address could go, and that people could be told. */
export function seeRoute(topic: ITopic): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'SeeSubnets',
      actions: ['ec2:DescribeInstanceTypes', 'ec2:DescribeSubnets'],
      // EC2 knows no resources for these.
      resources: ['*'],
    }),
    new PolicyStatement({ sid: 'SeeTopic', actions: ['sns:GetTopicAttributes'], resources: [topic.topicArn] }),
  ];
}
