/**
 * @module What a rule of a fault is: which calls of AWS it befalls, when, and what happens to them. JSON, checked.
 *
 * The descriptions here are the reference that docs/drills.md shows.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { messageOf } from '../../../lib/core/errors.ts';
import { PROTOCOLS } from '../wire/protocols.ts';
import { distributionSchema } from './distribution.ts';

const pattern = z.string().min(1);
const ms = z.number().min(0).max(86_400_000);
const count = z.int().min(1).max(1_000_000);
const how = z.enum(['hang', 'reset']).default('hang');

export const matchSchema = z.strictObject({
  service: z
    .enum(Object.keys(PROTOCOLS) as [string, ...string[]])
    .optional()
    .describe('The service, as a signature names it: `states` for Step Functions, `monitoring` for CloudWatch.'),
  action: pattern.optional().describe('AWS’s name of the call; `*` stands for anything.'),
  kind: z
    .enum(['change', 'read'])
    .optional()
    .describe('Calls that change something, or those that only read (`Describe*`, `Get*`, `List*`, `Query` …).'),
  principal: pattern
    .optional()
    .describe('ARN of the role or user that calls; `*` stands for anything, as in `*:role/*Monitor*`.'),
  function: pattern.optional().describe('Name of the function that calls; `*` stands for anything.'),
  zone: pattern.optional().describe('Availability Zone of a function that stands in one alone.'),
  about: pattern.optional().describe('A text within the request, such as an instance’s id or `"step":"promote"`.'),
});

export const faultSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('latency'), added: distributionSchema })
    .describe('Served later than usual, by so much.'),
  z.strictObject({ kind: z.literal('throttle') }).describe('Refused by the service’s own code for too many calls.'),
  z
    .strictObject({ kind: z.literal('internal-error') })
    .describe('Refused by the service’s own code for an error within it.'),
  z.strictObject({ kind: z.literal('unavailable') }).describe('Refused by the service’s own code for being out.'),
  z
    .strictObject({
      kind: z.literal('error'),
      code: z.string().min(1),
      status: z.int().min(400).max(599),
      message: z.string().default('injected by the lab'),
    })
    .describe('Refused by this code, with this HTTP status.'),
  z
    .strictObject({ kind: z.literal('timeout'), how })
    .describe('Not done and not answered: the connection stays open (`hang`) or breaks (`reset`).'),
  z
    .strictObject({ kind: z.literal('lost-response'), how })
    .describe('Done, and not answered: the connection stays open (`hang`) or breaks (`reset`).'),
  z
    .strictObject({ kind: z.literal('stale-read'), age: distributionSchema })
    .describe('Answered as things were so long ago. Of EC2 and Route 53.'),
]);

export const faultRuleSchema = matchSchema.extend({
  name: z.string().min(1).optional().describe('What reports call it.  Default: what it does.'),
  since: matchSchema
    .optional()
    .describe('Begins with the first call that matches this, itself included.  Default: with the fault of the drill.'),
  afterMs: ms.default(0).describe('Begins so much later.'),
  forMs: ms.optional().describe('Lasts so long.  Default: until it is lifted.'),
  from: count.default(1).describe('Befalls requests from the n-th on that match. An SDK’s retry is another request.'),
  count: count.optional().describe('Befalls so many requests.  Default: all from there.'),
  attempts: count
    .optional()
    .describe(
      'Befalls only the first n attempts of each call; the SDK’s next attempt passes. The attempts of Step Functions at one task count as one call.',
    ),
  fault: faultSchema,
});

export type CallMatch = z.output<typeof matchSchema>;
export type FaultRule = z.output<typeof faultRuleSchema>;
/** As it is written: what has a default may be left out. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;
export type Fault = FaultRule['fault'];

/** Rules that can't be used; the message names the rule, the field, what was received and what to write. */
export class FaultRuleError extends Error {
  override readonly name = 'FaultRuleError';
}

/** @param source names the rules in errors, such as a file. @throws FaultRuleError */
export function parseFaultRules(value: unknown, source: string): readonly FaultRule[] {
  const result = z.array(faultRuleSchema, 'use a JSON list of rules').min(1, 'use one rule at least').safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [index, ...field] = issue?.path ?? [];
  const where =
    typeof index === 'number' ? `rule ${index + 1}${field.length > 0 ? `, ${field.join('.')}` : ''}` : 'rules';
  const received = JSON.stringify(at(value, issue?.path ?? [])) ?? 'nothing';
  throw new FaultRuleError(`${source}: ${where}: received ${received}; ${issue?.message ?? 'it can’t be used'}`);
}

/** @throws FaultRuleError for a file that is not there, is no JSON, or holds no list of rules */
export function readFaultRules(file: string): readonly FaultRule[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new FaultRuleError(`${file}: ${messageOf(error)}; name a file that holds a JSON list of rules`);
  }
  return parseFaultRules(value, file);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
