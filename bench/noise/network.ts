/**
 * When a message arrives that is sent at an instant. As Linux does, TCP sends it again after 200 ms to probe for a lost
 * tail, then after another 200 ms, and from there on each time after twice as long; the first packet of a connection after
 * a second, and twice as long each time. What later segments tell the sender of an earlier one is left out: on links
 * with much traffic losses are noticed sooner. A healthy link takes no time.
 *
 * @module
 */
import type { Random } from '../../test/histories/random.ts';
import type { Conditions } from './conditions.ts';
import type { Site } from './script.ts';

const FIRST_RETRY_MS = 200;
const FIRST_RETRY_OF_CONNECT_MS = 1_000;
/** Linux would go on for a quarter of an hour; by then every stretch is over. */
const GIVES_UP_AFTER_MS = 300_000;

export class Network {
  readonly conditions: Conditions;
  readonly #random: Random;

  constructor(conditions: Conditions, random: Random) {
    this.conditions = conditions;
    this.#random = random;
  }

  /** When a segment sent at `atMs` over a connection arrives; infinite when it never does. */
  arrival(from: Site, to: Site, atMs: number): number {
    return this.#tries(from, to, atMs, { retryMs: FIRST_RETRY_MS, probes: true });
  }

  /** The same for the first packet of a connection. */
  connectArrival(from: Site, to: Site, atMs: number): number {
    return this.#tries(from, to, atMs, { retryMs: FIRST_RETRY_OF_CONNECT_MS, probes: false });
  }

  /** A time with this mean, exponentially distributed, in milliseconds. */
  delay(meanMs: number): number {
    return meanMs === 0 ? 0 : -Math.log(1 - this.#random.fraction()) * meanMs;
  }

  #tries(from: Site, to: Site, firstMs: number, { retryMs, probes }: { retryMs: number; probes: boolean }): number {
    if (!Number.isFinite(firstMs)) return Infinity;
    let waitMs = retryMs;
    let atMs = firstMs;
    for (let tried = 1; atMs - firstMs <= GIVES_UP_AFTER_MS; tried += 1) {
      if (this.#getsThrough(from, to, atMs)) return atMs;
      atMs += waitMs;
      if (!probes || tried > 1) waitMs *= 2;
    }
    return Infinity;
  }

  #getsThrough(from: Site, to: Site, atMs: number): boolean {
    if (this.conditions.isCut(from, to, atMs)) return false;
    const loss = this.conditions.lossBetween(from, to, atMs);
    return loss === 0 || !this.#random.chance(loss);
  }
}
