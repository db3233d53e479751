/** @module Route 53: hosted zones whose records change at once on paper and a while later on the name servers. */
import type { AwsResponse, AwsService } from '../service.ts';
import type { Timers } from '../timers.ts';
import { AwsError } from '../wire/aws-error.ts';
import { operations } from '../wire/operations.ts';
import { xml } from '../wire/protocols.ts';
import { element, type Xml } from '../wire/xml.ts';
import { parseChangeBatch } from './route53/change-batch.ts';
import { type Change, HostedZone, qualified, type RecordSet } from './route53/zone.ts';

/** A guess: how long a change takes to reach the name servers. */
export const DNS_SYNC_GUESS_MS = 10_000;

export class Route53 {
  readonly service: AwsService;
  private readonly zones = new Map<string, HostedZone>();
  private readonly changes = new Map<string, Change>();

  private readonly timers: Timers;
  private readonly syncTimeMs: () => number;

  constructor(timers: Timers, syncTimeMs: () => number) {
    this.timers = timers;
    this.syncTimeMs = syncTimeMs;
    this.service = operations('route53', {
      ChangeResourceRecordSets: (request, [zoneId = '']) => {
        const zone = this.zone(zoneId);
        const change = zone.change(parseChangeBatch(request.body));
        this.changes.set(change.id, change);
        return answer('ChangeResourceRecordSetsResponse', { ChangeInfo: changeXml(change) });
      },
      GetChange: (_request, [changeId = '']) => {
        const change = this.changes.get(changeId);
        if (!change) {
          throw new AwsError('NoSuchChange', `A change with the specified change ID ${changeId} does not exist.`, 404);
        }
        return answer('GetChangeResponse', { ChangeInfo: changeXml(change) });
      },
      GetHostedZone: (_request, [zoneId = '']) => {
        const zone = this.zone(zoneId);
        return answer('GetHostedZoneResponse', {
          HostedZone: {
            Id: `/hostedzone/${zone.zoneId}`,
            Name: zone.name,
            CallerReference: zone.zoneId,
            Config: { PrivateZone: zone.private },
            ResourceRecordSetCount: zone.records().length,
          },
        });
      },
      ListResourceRecordSets: (request, [zoneId = '']) => listRecords(this.zone(zoneId), request.query),
    });
  }

  /** Makes a hosted zone with the records that it has had for long. */
  addHostedZone(spec: {
    readonly zoneId?: string;
    readonly name: string;
    readonly private?: boolean;
    readonly records?: readonly RecordSet[];
  }): HostedZone {
    const zone = new HostedZone({ private: true, ...spec }, this.timers, this.syncTimeMs);
    for (const record of spec.records ?? []) zone.seed(record);
    this.zones.set(zone.zoneId, zone);
    return zone;
  }

  /** What the name servers answer for a name, over every zone. Undefined when no zone holds it. */
  lookup(name: string): readonly RecordSet[] | undefined {
    const wanted = qualified(name);
    const zones = [...this.zones.values()].filter(({ name }) => wanted === name || wanted.endsWith(`.${name}`));
    return zones.length === 0 ? undefined : zones.flatMap((zone) => zone.lookup(wanted));
  }

  private zone(zoneId: string): HostedZone {
    const zone = this.zones.get(zoneId);
    if (zone) return zone;
    throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${zoneId}`, 404);
  }
}

function listRecords(zone: HostedZone, query: URLSearchParams): AwsResponse {
  const startName = query.get('name');
  const startType = query.get('type');
  const maxItems = Math.min(Number(query.get('maxitems') ?? 300), 300);
  const all = zone.records();
  const start = startName
    ? all.findIndex(({ name, type }) => name === qualified(startName) && (!startType || type === startType))
    : 0;
  // Route 53 starts at the next name when there is none of that name; the lab needs only names that exist.
  const from = start === -1 ? all.length : start;
  const page = all.slice(from, from + maxItems);
  const next = all[from + maxItems];
  return answer('ListResourceRecordSetsResponse', {
    ResourceRecordSets: { ResourceRecordSet: page.map(recordXml) },
    IsTruncated: next !== undefined,
    ...(next && { NextRecordName: next.name, NextRecordType: next.type }),
    MaxItems: maxItems,
  });
}

function recordXml(record: RecordSet): Xml {
  return {
    Name: record.name,
    Type: record.type,
    TTL: record.ttlSeconds,
    ResourceRecords: { ResourceRecord: record.values.map((Value) => ({ Value })) },
  };
}

function changeXml(change: Change): Xml {
  return { Id: `/change/${change.id}`, Status: change.status, SubmittedAt: change.submittedAt };
}

function answer(name: string, content: Xml): AwsResponse {
  return xml(200, element(name, content, ' xmlns="https://route53.amazonaws.com/doc/2013-04-01/"'));
}
