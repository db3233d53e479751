/**
 * @module Reads the XML of ChangeResourceRecordSets.
 *
 * Guarantees: simple records only; a routing policy, an alias or a health check is refused by name, never ignored.
 */
import { XMLParser } from 'fast-xml-parser';
import * as z from 'zod';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
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

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => name === 'Change' || name === 'ResourceRecord',
});

/** @throws AwsError `InvalidInput`, or `NotImplemented` naming the field that the lab does not model */
export function parseChangeBatch(body: Buffer): readonly RecordChange[] {
  const parsed = REQUEST.safeParse(parser.parse(body.toString()));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue?.code === 'unrecognized_keys') throw notModelled(`record sets with ${issue.keys.join(', ')}`);
    throw new AwsError('InvalidInput', `Invalid XML at ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return parsed.data.ChangeResourceRecordSetsRequest.ChangeBatch.Changes.Change.map((change) => ({
    action: change.Action,
    record: {
      name: qualified(change.ResourceRecordSet.Name),
      type: change.ResourceRecordSet.Type,
      ttlSeconds: change.ResourceRecordSet.TTL,
      values: change.ResourceRecordSet.ResourceRecords.ResourceRecord.map(({ Value }) => Value),
    },
  }));
}
