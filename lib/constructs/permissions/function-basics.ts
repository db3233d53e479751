/**
 * What every function's role allows, whatever the function does.
 *
 * @module
 */
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

export function writeLogs(logGroup: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    sid: 'WriteLogs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    // The ARN ends in `:*`, the streams of this group.
    resources: [logGroup.logGroupArn],
  });
}

const ATTACHMENT_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lambda itself makes the interface of a function in a VPC, with the function's role and on interfaces that don't
 * exist yet, so these actions need every resource. The code of the function needs none of them: calls that come from
 * a function's code carry its ARN, and are denied.
 */
export function vpcAttachment(stack: Stack): PolicyStatement[] {
  const anyFunction = stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    new PolicyStatement({ sid: 'AttachToVpc', actions: ATTACHMENT_ACTIONS, resources: ['*'] }),
    new PolicyStatement({
      sid: 'AttachmentIsNotForTheCode',
      effect: Effect.DENY,
      actions: ATTACHMENT_ACTIONS,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': anyFunction } },
    }),
  ];
}
