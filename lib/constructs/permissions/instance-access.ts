/**
 * Sight of instances and their interfaces.
 *
 * @module
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

export function seeInstances(): PolicyStatement {
  return new PolicyStatement({
    sid: 'SeeInstances',
    actions: ['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces'],
    // EC2 knows no resources for Describe actions.
    resources: ['*'],
  });
}
