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
    new PolicyStatement({
      sid: 'StopInstances',
      actions: ['ec2:StopInstances'],
      resources: nodes.map((node) => ec2('instance', node.instanceId)),
    }),
    new PolicyStatement({
      sid: 'SwapSecurityGroups',
      actions: ['ec2:ModifyNetworkInterfaceAttribute'],
      // EC2 checks the interface and each group that it gets: into the fence, and back.
      resources: [
        ...nodes.map((node) => ec2('network-interface', node.networkInterfaceId)),
        ...groups.map((group) => ec2('security-group', group)),
      ],
    }),
  ];
}
