/**
 * @module What was, and until when: for reads that answer as things were a while ago.
 *
 * Guarantees: what `ago` gives does not change any more. What is older than a minute is forgotten.
 */

/** The oldest that a read may be, in milliseconds. */
export const MOST_STALE_MS = 60_000;

export class Versions<T> {
  private readonly copy: () => T;
  /** In order; each was true until then. */
  private kept: { readonly untilMs: number; readonly was: T }[] = [];

  /** @param copy of what is now */
  constructor(copy: () => T) {
    this.copy = copy;
  }

  /** To be called before each change. */
  keep(): void {
    const untilMs = Date.now();
    this.kept = this.kept.filter((each) => each.untilMs > untilMs - MOST_STALE_MS);
    this.kept.push({ untilMs, was: this.copy() });
  }

  /** How it was so many milliseconds ago; undefined when nothing has changed since. */
  ago(staleMs: number): T | undefined {
    if (staleMs <= 0) return undefined;
    const atMs = Date.now() - staleMs;
    return this.kept.find((each) => each.untilMs > atMs)?.was;
  }
}
