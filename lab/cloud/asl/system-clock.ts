/**
 * @module The real time, for executions that really run.
 */
import { setTimeout } from 'node:timers/promises';
import type { Clock } from './ports.ts';

/** The longest delay that a timer of Node takes; with a longer one it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(durationMs, signal) {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= MAX_TIMER_MS) {
      await setTimeout(Math.min(leftMs, MAX_TIMER_MS), undefined, { signal });
    }
    signal.throwIfAborted();
  },
};
