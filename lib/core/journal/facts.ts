/**
 * Facts that several events hold, or that more than the journal is about.
 *
 * @module
 */
import * as z from 'zod';
import type { Loser } from '../elect.ts';
import type { FenceProof } from '../proofs.ts';
import type { Frozen } from './event-definition.ts';
import { valueOf } from './event-definition.ts';

export const triggerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z
      .literal('monitor')
      .describe('Monitors agreed, a person asked, EC2 told of an instance, or an alarm was raised.'),
    monitor: z.string().describe('The monitor that started it.'),
    epoch: z.int().describe('The epoch under which that monitor missed the primary.'),
  }),
  z.object({
    kind: z.literal('operator').describe('A person asked.'),
    name: z.string().describe('Who asked for it.'),
    reason: z.string().describe('Why, in the words of who asked.'),
  }),
  z.object({
    kind: z.literal('ec2-event').describe('EC2 told that an instance stops or was terminated.'),
    instanceId: z.string().describe('The instance that the event is about.'),
    state: z.string().describe('The state that it had entered, in the words of EC2.'),
  }),
  z.object({
    kind: z.literal('alarm').describe('A CloudWatch alarm was raised.'),
    name: z.string().describe('The alarm that was raised.'),
  }),
]);

export const proofSchema = valueOf<FenceProof>('kind of proof', z.string());

export const routeKindSchema = z.enum(['vip', 'dns']);

export const lossSchema = z
  .int()
  .nullable()
  .describe("Transactions that the old primary had executed and the new one did not receive; null: can't be told.");

export const planSchema = z.object({
  epoch: z.int().describe('The epoch that the change makes.'),
  oldPrimary: z.string().describe('Who is replaced.'),
  candidate: z.string().describe('Who is to be promoted.'),
  losers: z
    .array(valueOf<Loser>('node, code, reason', z.looseObject({ nodeId: z.string(), because: z.string() })))
    .describe('Who is not, and why.'),
  repoint: z.array(z.string()).describe('Who is to follow the candidate.'),
  route: z
    .object({
      type: z.string().describe('How the address moves.'),
      address: z.string().describe('The address that applications use.'),
      fallbackRecord: z
        .string()
        .describe("The DNS record that leads to the new primary if the address can't be moved."),
    })
    .describe('How clients are to be led to it.'),
  possibleLoss: lossSchema,
  lossAsOfMs: z
    .number()
    .nullable()
    .optional()
    .describe(
      'When the old primary was last seen, in epoch milliseconds: what it wrote later is not in `possibleLoss`.',
    ),
  caveats: z
    .array(z.string())
    .optional()
    .describe('What could not be told and was not held against anybody, in sentences.'),
});

export const summarySchema = z.object({
  cluster: z.string().describe('The cluster.'),
  epoch: z.int().describe('The epoch that the change made.'),
  trigger: triggerSchema.describe('Why it was asked for.'),
  oldPrimary: z.string().describe('Who was replaced.'),
  newPrimary: z.string().describe('Who was promoted.'),
  route: routeKindSchema.describe('How clients reach it.'),
  proof: proofSchema.describe('The proof that allowed the promotion.'),
  possibleLoss: lossSchema,
  startedAtMs: z.number().describe('When the change was opened, in epoch milliseconds.'),
  endedAtMs: z.number().describe('When it was closed, in epoch milliseconds.'),
  outageMs: z.number().describe('From the first missed probe, or else the opening, to the end, in milliseconds.'),
});

/** Why a change was asked for. */
export type Trigger = Frozen<z.output<typeof triggerSchema>>;
/** Who asked, as it follows "asked for by". */
export function askerOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'monitor':
      return `monitor ${trigger.monitor}`;
    case 'operator':
      return `${trigger.name} (${trigger.reason})`;
    case 'ec2-event':
      return `EC2, which told that ${trigger.instanceId} is ${trigger.state}`;
    case 'alarm':
      return `the alarm ${trigger.name}`;
    default:
      return trigger satisfies never;
  }
}

/** What is going to be done, before anything is. */
export type Plan = Frozen<z.output<typeof planSchema>>;
/** What people are told when it is over. */
export type ChangeSummary = Frozen<z.output<typeof summarySchema>>;

/** A possible loss as people read it, by an election at `atMs`. What came after the last look at the primary is not in it. */
export function lossOf(
  election: { readonly possibleLoss: number | null; readonly lossAsOfMs?: number | null | undefined },
  atMs: number,
): string {
  const { possibleLoss, lossAsOfMs } = election;
  if (possibleLoss === null) return "possible loss: it can't be told";
  const transactions = `${possibleLoss || 'no'} ${possibleLoss === 1 ? 'transaction' : 'transactions'}`;
  if (typeof lossAsOfMs !== 'number') return `possible loss: ${transactions}`;
  return `possible loss: ${transactions} of what the old primary had when it was last seen, ${secondsOf(atMs - lossAsOfMs)} before the election`;
}

/** A duration as people read it, such as `4.012 s`. */
export function secondsOf(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(3)} s`;
}
