/**
 * @module Reads the XML of ChangeResourceRecordSets.
 *
 * Guarantees: simple records only; a routing policy, an alias or a health check is refused by name, never ignored.
 */
import * as z from 'zod';
import { parseXml } from './parse-xml.ts';
import { qualified, RECORD_TYPES, type RecordChange } from './zone.ts';

const RECORD = z.strictObject({
  Name: z.string(),
  Type: z.enum(RECORD_TYPES),
  TTL: z.string().regex(/^\d+$/).transform(Number),
  ResourceRecords: z.strictObject({ ResourceRecord: z.array(z.strictObject({ Value: z.string() })).min(1) }),
});

const REQUEST = z.object({
  ChangeResourceRecordSetsRequest: z.object({
    ChangeBatch: z.strictObject({
      Comment: z.string().optional(),
      Changes: z.strictObject({
        Change: z
          .array(z.strictObject({ Action: z.enum(['CREATE', 'DELETE', 'UPSERT']), ResourceRecordSet: RECORD }))
          .min(1),
      }),
    }),
  }),
});

/** @throws AwsError `InvalidInput`, or `NotImplemented` naming the field that the lab does not model */
export function parseChangeBatch(body: Buffer): readonly RecordChange[] {
  const parsed = parseXml(REQUEST, body, 'record sets');
  return parsed.ChangeResourceRecordSetsRequest.ChangeBatch.Changes.Change.map((change) => ({
    action: change.Action,
    record: {
      name: qualified(change.ResourceRecordSet.Name),
      type: change.ResourceRecordSet.Type,
      ttlSeconds: change.ResourceRecordSet.TTL,
      values: change.ResourceRecordSet.ResourceRecords.ResourceRecord.map(({ Value }) => Value),
    },
  }));
}
