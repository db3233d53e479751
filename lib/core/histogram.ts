/**
 * Counts durations without keeping them: adding one is a search in a few numbers and an addition, so that a thousand
 * clusters can be measured each second. A quantile is rounded up to the next bound, at most to twice as much.
 *
 * @module
 */

/** Upper bounds of the buckets, in milliseconds; what is longer falls into one more. */
const BOUNDS_MS = [
  1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000,
  20_000, 40_000, 60_000,
];

export class Histogram {
  readonly #counts = new Uint32Array(BOUNDS_MS.length + 1);
  #total = 0;

  /** @param durationMs `Infinity` for what did not end */
  add(durationMs: number): void {
    let bucket = 0;
    while (bucket < BOUNDS_MS.length && durationMs > (BOUNDS_MS[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  /** In milliseconds, rounded up; null when nothing was added. What is beyond the last bound counts as that. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    const rank = Math.ceil(share * this.#total);
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => (seen += count) >= rank);
    return BOUNDS_MS[bucket] ?? BOUNDS_MS.at(-1) ?? null;
  }

  /** Takes what another has counted too. */
  addAll(other: Histogram): void {
    other.#counts.forEach((count, bucket) => (this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count));
    this.#total += other.#total;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}
