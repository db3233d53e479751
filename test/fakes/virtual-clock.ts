/**
 * Time that passes only when everybody waits for it.
 *
 * - `sleep` ends when the clock has come to its end, in the order of the ends, and of the calls where they are equal.
 * - `run` lets everything that can happen now happen, then goes on to the next end of a sleep, until what it was given
 *   has happened. It fails when nothing is left that could make it happen, or when it takes more than an hour.
 * - Whoever waits for anything else, such as a socket, is not waited for.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../lib/ports/cloud.ts';

const LONGEST_MS = 3_600_000;

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

export class VirtualClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ atMs: this.#nowMs + Math.max(0, ms), wake }));
  }

  async run<T>(happening: Promise<T>): Promise<T> {
    const untilMs = this.#nowMs + LONGEST_MS;
    let happened = false;
    const settled = () => (happened = true);
    happening.then(settled, settled);
    for (;;) {
      // After every promise that can go on has gone on.
      await setImmediate();
      if (happened) return happening;
      const next = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) throw new Error('nothing is left that anybody waits for, but it has not happened');
      if (next.atMs > untilMs) throw new Error(`it has not happened within ${LONGEST_MS / 60_000} min`);
      this.#sleepers = this.#sleepers.filter((each) => each !== next);
      this.#nowMs = next.atMs;
      next.wake();
    }
  }

  /** Lets `ms` milliseconds pass. */
  pass(ms: number): Promise<void> {
    return this.run(this.sleep(ms));
  }
}
