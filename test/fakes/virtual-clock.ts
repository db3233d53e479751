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
  /** Counts the calls. */
  readonly number: number;
  wake(): void;
}

export class VirtualClock implements Clock {
  #nowMs: number;
  #calls = 0;
  /** A heap: each sleeper ends no later than those at twice its place and one or two more. */
  readonly #sleepers: Sleeper[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#calls += 1;
      this.#push({ atMs: this.#nowMs + Math.max(0, ms), number: this.#calls, wake });
    });
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
      const next = this.#sleepers[0];
      if (next === undefined) throw new Error('nothing is left that anybody waits for, but it has not happened');
      if (next.atMs > untilMs) throw new Error(`it has not happened within ${LONGEST_MS / 60_000} min`);
      this.#pop();
      this.#nowMs = next.atMs;
      next.wake();
    }
  }

  /** Lets `ms` milliseconds pass. */
  pass(ms: number): Promise<void> {
    return this.run(this.sleep(ms));
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let place = heap.length;
    heap.push(sleeper);
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#swapIfBefore(place, above)) return;
      place = above;
    }
  }

  /** Takes the first away. */
  #pop(): void {
    const heap = this.#sleepers;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    let place = 0;
    for (;;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const below = right < heap.length && isBefore(heap[right], heap[left]) ? right : left;
      if (!this.#swapIfBefore(below, place)) return;
      place = below;
    }
  }

  #swapIfBefore(below: number, above: number): boolean {
    const heap = this.#sleepers;
    const [lower, upper] = [heap[below], heap[above]];
    if (lower === undefined || upper === undefined || !isBefore(lower, upper)) return false;
    heap[below] = upper;
    heap[above] = lower;
    return true;
  }
}

function isBefore(a: Sleeper | undefined, b: Sleeper | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}
