/**
 * Waiting for a condition, with a deadline. Nothing in the lab waits by sleeping alone.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';

/** What was waited for did not come. */
export class DeadlineMissed extends Error {
  override readonly name = 'DeadlineMissed';
}

/**
 * Asks until the answer is not undefined.
 *
 * @param what names the condition in the message
 * @throws DeadlineMissed after `withinMs`; the reason of `signal` when that is aborted
 */
export async function until<T>(
  what: string,
  withinMs: number,
  signal: AbortSignal,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const giveUpAtMs = Date.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > giveUpAtMs) throw new DeadlineMissed(`${what} did not happen within ${withinMs / 1_000} s`);
    await delay(20);
  }
}
