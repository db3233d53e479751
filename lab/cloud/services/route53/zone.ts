/**
 * @module A hosted zone: what the API reports, and what the name servers answer.
 *
 * Guarantees: a batch applies as a whole or not at all. The API shows it at once; the name servers show it when it has
 * become INSYNC, and batches become INSYNC in the order of their acceptance.
 */
import { randomBytes } from 'node:crypto';
import type { Timers } from '../../timers.ts';
import { Versions } from '../../versions.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { parseIpv4 } from '../../world/ipv4.ts';

export const RECORD_TYPES = ['A', 'CNAME', 'TXT'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface RecordSet {
  /** Fully qualified, lower case, with the final dot. */
  readonly name: string;
  readonly type: RecordType;
  readonly ttlSeconds: number;
  readonly values: readonly string[];
}

/** What Route 53 puts into every zone that it creates, and lets nobody take away. */
export type ApexRecord = Omit<RecordSet, 'type'> & { readonly type: 'NS' | 'SOA' };

export interface RecordChange {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly record: RecordSet;
}

export interface Change {
  readonly id: string;
  readonly submittedAt: Date;
  status: 'PENDING' | 'INSYNC';
}

export interface ZoneSpec {
  /** Without `/hostedzone/`.  @default - a new one */
  readonly zoneId?: string;
  readonly name: string;
  readonly private: boolean;
  /** What the creator calls it.  @default - the zone's id */
  readonly callerReference?: string;
  readonly comment?: string | undefined;
  /** The VPCs of a private zone.  @default - none is named */
  readonly vpcs?: readonly ZoneVpc[];
  /** @default - none: a zone of the lab's own making has only what it is given */
  readonly apex?: readonly ApexRecord[];
}

export interface ZoneVpc {
  readonly vpcId: string;
  readonly region: string;
}

export class HostedZone {
  readonly zoneId: string;
  readonly name: string;
  readonly private: boolean;
  readonly callerReference: string;
  readonly comment: string | undefined;
  readonly vpcs: readonly ZoneVpc[];
  private readonly apex: readonly ApexRecord[];
  private readonly timers: Timers;
  private readonly syncTimeMs: () => number;
  private readonly accepted = new Map<string, RecordSet>();
  private readonly versions = new Versions<ReadonlyMap<string, RecordSet>>(() => new Map(this.accepted));
  private readonly served = new Map<string, RecordSet>();
  private inOrder: Promise<void> = Promise.resolve();

  constructor(spec: ZoneSpec, timers: Timers, syncTimeMs: () => number) {
    this.zoneId = spec.zoneId ?? `Z${randomBytes(10).toString('hex').toUpperCase()}`;
    this.name = qualified(spec.name);
    this.private = spec.private;
    this.callerReference = spec.callerReference ?? this.zoneId;
    this.comment = spec.comment;
    this.vpcs = spec.vpcs ?? [];
    this.apex = spec.apex ?? [];
    this.timers = timers;
    this.syncTimeMs = syncTimeMs;
  }

  /** What the API reports, sorted as Route 53 sorts: by the labels from the right. */
  records(staleMs = 0): readonly (RecordSet | ApexRecord)[] {
    const accepted = this.versions.ago(staleMs) ?? this.accepted;
    return [...this.apex, ...accepted.values()].toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  /** Whether nothing is left but what Route 53 itself put there. */
  isEmpty(): boolean {
    return this.accepted.size === 0;
  }

  /** What the name servers answer for a name; every type that it has. */
  lookup(name: string): readonly RecordSet[] {
    return [...this.served.values()].filter((record) => record.name === qualified(name));
  }

  /** Puts a record there as if it had always been. */
  seed(record: RecordSet): void {
    const whole = { ...record, name: qualified(record.name) };
    this.accepted.set(keyOf(whole), whole);
    this.served.set(keyOf(whole), whole);
  }

  /** Accepts a batch. @throws AwsError `InvalidChangeBatch` with every reason */
  change(changes: readonly RecordChange[]): Change {
    const draft = new Map(this.accepted);
    const reasons = changes.flatMap((each) => refusal(this.name, draft, each) ?? (apply(draft, each), []));
    if (reasons.length > 0) throw new AwsError('InvalidChangeBatch', `[${reasons.join(', ')}]`);
    this.versions.keep();
    for (const each of changes) apply(this.accepted, each);
    const change = newChange();
    const earlier = this.inOrder;
    let settle = (): void => undefined;
    this.inOrder = new Promise((resolve) => {
      settle = resolve;
    });
    void this.timers.after(this.syncTimeMs(), async () => {
      await earlier;
      for (const each of changes) apply(this.served, each);
      change.status = 'INSYNC';
      settle();
    });
    return change;
  }
}

/** Accepted now, and not yet on the name servers. */
export function newChange(): Change {
  return { id: `C${randomBytes(10).toString('hex').toUpperCase()}`, submittedAt: new Date(), status: 'PENDING' };
}

/** Lower case, with the final dot. */
export function qualified(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}

/** Where a record stands in a zone's list: by the labels from the right, then by type. */
export function sortKey({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${name.split('.').reverse().join('.')} ${type}`;
}

function keyOf(record: RecordSet): string {
  return `${record.name} ${record.type}`;
}

function apply(records: Map<string, RecordSet>, { action, record }: RecordChange): void {
  if (action === 'DELETE') records.delete(keyOf(record));
  else records.set(keyOf(record), record);
}

function refusal(
  zoneName: string,
  records: ReadonlyMap<string, RecordSet>,
  { action, record }: RecordChange,
): string | undefined {
  const title = `resource record set [name='${record.name}', type='${record.type}']`;
  const existing = records.get(keyOf(record));
  if (record.name !== zoneName && !record.name.endsWith(`.${zoneName}`)) {
    return `RRSet with DNS name ${record.name} is not permitted in zone ${zoneName}`;
  }
  const wrong = record.type === 'A' && record.values.find((value) => parseIpv4(value) === undefined);
  if (wrong) {
    return `Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '${wrong}''`;
  }
  if (action !== 'DELETE' && record.type === 'CNAME' && record.name === zoneName) {
    return `RRSet of type CNAME with DNS name ${record.name} is not permitted at apex in zone ${zoneName}`;
  }
  const namesakes = [...records.values()].filter(({ name, type }) => name === record.name && type !== record.type);
  if (action !== 'DELETE' && namesakes.some(({ type }) => type === 'CNAME' || record.type === 'CNAME')) {
    return `RRSet of type ${record.type} with DNS name ${record.name} is not permitted as it conflicts with other records with the same DNS name in zone ${zoneName}`;
  }
  if (action === 'CREATE' && existing) return `Tried to create ${title} but it already exists`;
  if (action === 'DELETE' && !existing) return `Tried to delete ${title} but it was not found`;
  if (action === 'DELETE' && JSON.stringify(existing) !== JSON.stringify(record)) {
    return `Tried to delete ${title} but the values provided do not match the current values`;
  }
  return undefined;
}
