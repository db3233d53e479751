/**
 * @module The real time, for executions that really run.
 */
import type { Clock } from './ports.ts';

/** The longest delay that a timer of Node takes; with a longer one it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(durationMs, signal) {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= MAX_TIMER_MS) {
      await timer(Math.min(leftMs, MAX_TIMER_MS), signal);
    }
    signal.throwIfAborted();
  },
};

/** The platform's own promise makes an error with a stack for each timer that is called off, and most are. */
function timer(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const callOff = () => {
      clearTimeout(running);
      reject(signal.reason as Error);
    };
    const running = setTimeout(() => {
      signal.removeEventListener('abort', callOff);
      resolve();
    }, durationMs);
    signal.addEventListener('abort', callOff, { once: true });
  });
}
