/**
 * What a monitor does for each cluster now and then, it does for them one after another: a thousand at once would delay
 * the rounds of all.
 *
 * @module
 */
import { createHash } from 'node:crypto';

/** From 0 to 1, the same for the same name, and even over names that are alike. */
export function spread(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;
}

/**
 * Tells whether something that is done every `everyMs` is due again, given when it was done and what time it is. Between
 * names the times are spread over the interval, so that the second time comes early.
 */
export function turnsOf(name: string, everyMs: number): (lastMs: number, nowMs: number) => boolean {
  const phase = spread(name);
  const turn = (atMs: number) => Math.floor(atMs / everyMs + phase);
  return (lastMs, nowMs) => turn(nowMs) > turn(lastMs);
}
