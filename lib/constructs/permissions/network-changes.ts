/**
 * What the network function may do to the databases' instances, interfaces and DNS records: fence and lead clients
 * elsewhere, on exactly the resources that the configuration names.
 *
 * @module
 */
import { Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

import type { Config } from '../../core/config.ts';

export interface NetworkChangesProps {
  readonly config: Config;
  readonly fenceGroup: ISecurityGroup;
}

export function networkChanges(scope: IConstruct, { config, fenceGroup }: NetworkChangesProps): PolicyStatement[] {
  const ec2 = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'ec2', resource, resourceName });
  const nodes = config.clusters.flatMap((cluster) => cluster.nodes);
  const interfaces = nodes.map((node) => ec2('network-interface', node.networkInterfaceId));
  const groups = [fenceGroup.securityGroupId, config.databaseSecurityGroupId];

  return [
    new PolicyStatement({
      sid: 'SeeInstances',
      actions: ['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces'],
      // EC2 knows no resources for Describe actions.
      resources: ['*'],
    }),
    new PolicyStatement({
      sid: 'StopInstances',
      actions: ['ec2:StopInstances'],
      resources: nodes.map((node) => ec2('instance', node.instanceId)),
    }),
    new PolicyStatement({
      sid: 'SwapSecurityGroups',
      actions: ['ec2:ModifyNetworkInterfaceAttribute'],
      // EC2 checks the interface and each group that it gets: into the fence, and back.
      resources: [...interfaces, ...groups.map((group) => ec2('security-group', group))],
    }),
    new PolicyStatement({
      sid: 'MoveAddress',
      actions: ['ec2:AssignPrivateIpAddresses'],
      resources: interfaces,
    }),
    ...recordChanges(scope, config),
  ];
}

/** One statement for each hosted zone: an address may be written to the configured names, and nothing deleted. */
function recordChanges(scope: IConstruct, config: Config): PolicyStatement[] {
  const namesByZone = new Map<string, string[]>();
  for (const { dns } of config.clusters) {
    namesByZone.set(dns.hostedZoneId, [...(namesByZone.get(dns.hostedZoneId) ?? []), normalized(dns.recordName)]);
  }
  const zoneArn = (zoneId: string) =>
    Stack.of(scope).formatArn({
      service: 'route53',
      region: '',
      account: '',
      resource: 'hostedzone',
      resourceName: zoneId,
    });

  return [...namesByZone].flatMap(([zoneId, names]) => [
    new PolicyStatement({
      sid: `ChangeRecords${zoneId}`,
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [zoneArn(zoneId)],
      conditions: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': names,
          'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
          'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
        },
      },
    }),
    new PolicyStatement({
      sid: `SeeRecords${zoneId}`,
      actions: ['route53:ListResourceRecordSets'],
      resources: [zoneArn(zoneId)],
    }),
  ]);
}

/** As Route 53 compares names: lower case (the configuration demands that), no final dot. */
function normalized(recordName: string): string {
  return recordName.replace(/\.$/, '');
}
