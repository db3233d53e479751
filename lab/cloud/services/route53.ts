/** @module Route 53: hosted zones whose records change at once on paper and a while later on the name servers. */
import type { AwsRequest, AwsResponse, AwsService } from '../service.ts';
import type { Timers } from '../timers.ts';
import { AwsError } from '../wire/aws-error.ts';
import { operations } from '../wire/operations.ts';
import {
  answer,
  changeXml,
  inOrderOfName,
  listRecords,
  zoneList,
  zoneSurroundings,
  zoneXml,
} from './route53/answers.ts';
import { parseChangeBatch } from './route53/change-batch.ts';
import { parseCreateHostedZone } from './route53/create-hosted-zone.ts';
import { type Change, HostedZone, newChange, qualified, type RecordSet } from './route53/zone.ts';

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
      CreateHostedZone: (request) => this.createHostedZone(request),
      GetHostedZone: (_request, [zoneId = '']) => {
        const zone = this.zone(zoneId);
        return answer('GetHostedZoneResponse', { HostedZone: zoneXml(zone), ...zoneSurroundings(zone) });
      },
      ListHostedZones: () => answer('ListHostedZonesResponse', zoneList([...this.zones.values()])),
      ListHostedZonesByName: (request) => {
        const start = request.query.get('dnsname');
        const zones = inOrderOfName([...this.zones.values()], start);
        return answer('ListHostedZonesByNameResponse', { ...zoneList(zones), DNSName: start ?? undefined });
      },
      DeleteHostedZone: (_request, [zoneId = '']) => this.deleteHostedZone(this.zone(zoneId)),
      ChangeResourceRecordSets: (request, [zoneId = '']) => {
        const change = this.zone(zoneId).change(parseChangeBatch(request.body));
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
      ListResourceRecordSets: (request, [zoneId = '']) => listRecords(this.zone(zoneId), request),
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

  private createHostedZone(request: AwsRequest): AwsResponse {
    const spec = parseCreateHostedZone(request.body);
    if ([...this.zones.values()].some(({ callerReference }) => callerReference === spec.callerReference)) {
      const message = 'A hosted zone has already been created with the specified caller reference.';
      throw new AwsError('HostedZoneAlreadyExists', message, 409);
    }
    const zone = new HostedZone(spec, this.timers, this.syncTimeMs);
    this.zones.set(zone.zoneId, zone);
    const content = { HostedZone: zoneXml(zone), ChangeInfo: changeXml(this.zoneChange()), ...zoneSurroundings(zone) };
    const response = answer('CreateHostedZoneResponse', content, 201);
    const location = `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.zoneId}`;
    return { ...response, headers: { ...response.headers, location } };
  }

  private deleteHostedZone(zone: HostedZone): AwsResponse {
    if (!zone.isEmpty()) {
      const message = 'The specified hosted zone contains non-required resource record sets and so cannot be deleted.';
      throw new AwsError('HostedZoneNotEmpty', message);
    }
    this.zones.delete(zone.zoneId);
    return answer('DeleteHostedZoneResponse', { ChangeInfo: changeXml(this.zoneChange()) });
  }

  /** The change that a zone's coming and going is. */
  private zoneChange(): Change {
    const change = newChange();
    this.changes.set(change.id, change);
    void this.timers.after(this.syncTimeMs(), () => {
      change.status = 'INSYNC';
    });
    return change;
  }

  private zone(zoneId: string): HostedZone {
    const zone = this.zones.get(zoneId);
    if (zone) return zone;
    throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${zoneId}`, 404);
  }
}
