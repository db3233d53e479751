/**
 * @module Reads the XML bodies of Route 53's requests.
 *
 * Guarantees: what the schema does not name is refused by name, never ignored.
 */
import { XMLParser } from 'fast-xml-parser';
import type * as z from 'zod';
import { AwsError, notModelled } from '../../wire/aws-error.ts';

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => name === 'Change' || name === 'ResourceRecord',
});

/**
 * @param what the body holds, for the refusal of a field that the lab does not model
 * @throws AwsError `InvalidInput`, `NotImplemented`
 */
export function parseXml<Shape extends z.ZodType>(shape: Shape, body: Buffer, what: string): z.infer<Shape> {
  const parsed = shape.safeParse(parser.parse(body.toString()));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') throw notModelled(`${what} with ${issue.keys.join(', ')}`);
  throw new AwsError('InvalidInput', `Invalid XML at ${issue?.path.join('.')}: ${issue?.message}`);
}
