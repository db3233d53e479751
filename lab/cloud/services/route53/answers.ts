/** @module How zones, records and changes look in Route 53's XML. */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { xml } from '../../wire/protocols.ts';
import { element, type Xml } from '../../wire/xml.ts';
import { type ApexRecord, type Change, type HostedZone, qualified, type RecordSet, sortKey } from './zone.ts';

const MOST_ITEMS = 300;

export function answer(name: string, content: Xml, status = 200): AwsResponse {
  return xml(status, element(name, content, ' xmlns="https://route53.amazonaws.com/doc/2013-04-01/"'));
}

export function changeXml(change: Change): Xml {
  return { Id: `/change/${change.id}`, Status: change.status, SubmittedAt: change.submittedAt };
}

export function zoneXml(zone: HostedZone): Xml {
  return {
    Id: `/hostedzone/${zone.zoneId}`,
    Name: zone.name,
    CallerReference: zone.callerReference,
    Config: { Comment: zone.comment, PrivateZone: zone.private },
    ResourceRecordSetCount: zone.records().length,
  };
}

/** The whole list on one page. */
export function zoneList(zones: readonly HostedZone[]): Readonly<Record<string, Xml>> {
  return { HostedZones: { HostedZone: zones.map(zoneXml) }, IsTruncated: false, MaxItems: Math.max(100, zones.length) };
}

/** By the labels from the right, from the named zone on, or from where it would stand. */
export function inOrderOfName(zones: readonly HostedZone[], startName: string | null): readonly HostedZone[] {
  const place = (name: string) => sortKey({ name: qualified(name), type: '' });
  const start = startName === null ? '' : place(startName);
  return zones.filter(({ name }) => place(name) >= start).toSorted((a, b) => (place(a.name) < place(b.name) ? -1 : 1));
}

/** The VPCs of a private zone; a public one has name servers instead. */
export function zoneSurroundings(zone: HostedZone): Readonly<Record<string, Xml>> {
  if (zone.private) {
    const VPC = zone.vpcs.map(({ vpcId, region }) => ({ VPCRegion: region, VPCId: vpcId }));
    return VPC.length > 0 ? { VPCs: { VPC } } : {};
  }
  const servers = zone.records().find(({ name, type }) => name === zone.name && type === 'NS')?.values ?? [];
  return { DelegationSet: { NameServers: { NameServer: servers.map((each) => each.replace(/\.$/, '')) } } };
}

/** From the named record on, or from where it would stand. */
export function listRecords(zone: HostedZone, { query, staleMs }: AwsRequest): AwsResponse {
  const startName = query.get('name');
  const start = startName === null ? '' : sortKey({ name: qualified(startName), type: query.get('type') ?? '' });
  const maxItems = Math.min(Number(query.get('maxitems') ?? MOST_ITEMS), MOST_ITEMS);
  const rest = zone.records(staleMs).filter((record) => sortKey(record) >= start);
  const next = rest[maxItems];
  return answer('ListResourceRecordSetsResponse', {
    ResourceRecordSets: { ResourceRecordSet: rest.slice(0, maxItems).map(recordXml) },
    IsTruncated: next !== undefined,
    ...(next && { NextRecordName: next.name, NextRecordType: next.type }),
    MaxItems: maxItems,
  });
}

function recordXml(record: RecordSet | ApexRecord): Xml {
  return {
    Name: record.name,
    Type: record.type,
    TTL: record.ttlSeconds,
    ResourceRecords: { ResourceRecord: record.values.map((Value) => ({ Value })) },
  };
}
