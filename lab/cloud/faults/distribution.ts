/** @module How long something takes, as a distribution that JSON can hold. */
import * as z from 'zod';

const ms = z.number().min(0).max(3_600_000);

export const distributionSchema = z
  .discriminatedUnion('distribution', [
    z.strictObject({ distribution: z.literal('fixed'), ms }),
    z.strictObject({ distribution: z.literal('uniform'), minMs: ms, maxMs: ms }),
    z.strictObject({ distribution: z.literal('log-normal'), p50Ms: ms.min(0.1), p99Ms: ms.min(0.1) }),
  ])
  .refine((each) => each.distribution !== 'uniform' || each.minMs <= each.maxMs, 'use a minMs of at most maxMs')
  .refine((each) => each.distribution !== 'log-normal' || each.p50Ms <= each.p99Ms, 'use a p50Ms of at most p99Ms');

export type Distribution = z.output<typeof distributionSchema>;

/** Where 99 of 100 lie below, in standard deviations of a normal distribution. */
const Z_OF_P99 = 2.326_347_874;

/** One value, in milliseconds. @param random from 0 to below 1 */
export function sample(distribution: Distribution, random: () => number): number {
  if (distribution.distribution === 'fixed') return distribution.ms;
  if (distribution.distribution === 'uniform') {
    return distribution.minMs + random() * (distribution.maxMs - distribution.minMs);
  }
  const { p50Ms, p99Ms } = distribution;
  return p50Ms * Math.exp((Math.log(p99Ms / p50Ms) / Z_OF_P99) * normal(random));
}

/** Box and Muller's. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
