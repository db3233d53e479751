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
import { accessTo } from './access-to.ts';
import { inParts } from './in-parts.ts';

export function routeChanges(scope: IConstruct, config: Config): PolicyStatement[] {
  const networkInterface = (resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'ec2', resource: 'network-interface', resourceName });
  const nodes = config.clusters.flatMap((cluster) => cluster.nodes);
  return [
    ...accessTo(config, {
      sid: 'MoveAddress',
      actions: ['ec2:AssignPrivateIpAddresses'],
      arns: nodes.map((node) => networkInterface(node.networkInterfaceId)),
      anyArn: networkInterface('*'),
    }),
    ...recordChanges(scope, config),
  ];
}

/** For each hosted zone: an address may be written to the configured names, and nothing deleted. */
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
    ...inParts(`ChangeRecords${zoneId}`, names, (some) => ({
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [zoneArn(zoneId)],
      conditions: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': some,
          'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
          'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
        },
      },
    })),
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
