/**
 * What fencing may do to the databases' instances and interfaces: stop them and cut them off, on exactly the resources
 * that the configuration names.
 *
 * @module
 */
import { Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

import type { Config } from '../../core/config.ts';
import { accessTo } from './access-to.ts';

export interface FenceChangesProps {
  readonly config: Config;
  readonly fenceGroup: ISecurityGroup;
}

export function fenceChanges(scope: IConstruct, { config, fenceGroup }: FenceChangesProps): PolicyStatement[] {
  const ec2 = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'ec2', resource, resourceName });
  const nodes = config.clusters.flatMap((cluster) => cluster.nodes);
  const groups = [fenceGroup.securityGroupId, config.databaseSecurityGroupId];

  return [
    ...accessTo(config, {
      sid: 'StopInstances',
      actions: ['ec2:StopInstances'],
      arns: nodes.map((node) => ec2('instance', node.instanceId)),
      anyArn: ec2('instance', '*'),
    }),
    // EC2 checks the interface, and each group that it gets: into the fence, and back.
    ...accessTo(config, {
      sid: 'SwapSecurityGroups',
      actions: ['ec2:ModifyNetworkInterfaceAttribute'],
      arns: nodes.map((node) => ec2('network-interface', node.networkInterfaceId)),
      anyArn: ec2('network-interface', '*'),
    }),
    new PolicyStatement({
      sid: 'UseSecurityGroups',
      actions: ['ec2:ModifyNetworkInterfaceAttribute'],
      resources: groups.map((group) => ec2('security-group', group)),
    }),
  ];
}
