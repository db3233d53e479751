/**
 * What leading clients elsewhere may do: move an address between the databases' interfaces and write their DNS records,
 * on exactly the resources that the configuration names.
 *
 * @module
 */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

import type { Config } from '../../core/config.ts';

export function routeChanges(scope: IConstruct, config: Config): PolicyStatement[] {
  const nodes = config.clusters.flatMap((cluster) => cluster.nodes);
  return [
    new PolicyStatement({
      sid: 'MoveAddress',
      actions: ['ec2:AssignPrivateIpAddresses'],
      resources: nodes.map((node) =>
        Stack.of(scope).formatArn({
          service: 'ec2',
          resource: 'network-interface',
          resourceName: node.networkInterfaceId,
        }),
      ),
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
