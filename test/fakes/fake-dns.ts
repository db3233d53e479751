/**
 * `Dns` in memory: records hold one address. A change that changes nothing is no effect; with `isFailing` every call
 * rejects with `CloudError`.
 *
 * @module
 */
import { CloudError } from '../../lib/core/errors.ts';
import type { Dns } from '../../lib/ports/cloud.ts';

export class FakeDns implements Dns {
  readonly records = new Map<string, string>();
  isFailing = false;
  readonly #effects: string[];

  constructor(effects: string[]) {
    this.#effects = effects;
  }

  async point(hostedZoneId: string, recordName: string, ttlSeconds: number, address: string): Promise<void> {
    if (this.isFailing) throw new CloudError('ChangeResourceRecordSets failed');
    const record = `${address}, TTL ${ttlSeconds}, in ${hostedZoneId}`;
    if (this.records.get(recordName) === record) return;
    this.records.set(recordName, record);
    this.#effects.push(`${recordName} holds ${record}`);
  }
}
