/**
 * @module The generator behind `$random(seed)`: the service draws from `java.util.Random`, so the same seed gives the same
 * number here.
 *
 * Source: the generator is specified in the documentation of `java.util.Random`; that the service uses it was measured by
 * others (SPEC.md).
 */

const MASK = (1n << 48n) - 1n;
const MULTIPLIER = 0x5de_ece6_6dn;
const INCREMENT = 0xbn;

/** The first `nextDouble()` of a generator with the seed, in [0, 1). A seed with a fraction is rounded towards zero. */
export function firstDouble(seed: number): number {
  let state = (BigInt(Math.trunc(seed)) ^ MULTIPLIER) & MASK;
  const next = (bits: bigint): bigint => {
    state = (state * MULTIPLIER + INCREMENT) & MASK;
    return state >> (48n - bits);
  };
  const high = next(26n);
  return Number((high << 27n) + next(27n)) / 2 ** 53;
}
