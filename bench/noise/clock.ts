/**
 * Virtual time for many short worlds: the next sleep to end is found by a heap, and whoever waits for an instant that
 * never comes costs nothing. Each view of it may be off by a little, and freezes with its host.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../lib/ports/cloud.ts';

interface Sleeper {
  readonly atMs: number;
  readonly order: number;
  wake(): void;
}

export class WorldClock {
  nowMs: number;
  #order = 0;
  /** A binary heap, the next to wake first. */
  readonly #sleepers: Sleeper[] = [];

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  /** Resolves when it is `atMs`; at once when that has been, never when it is infinite. */
  until(atMs: number): Promise<void> {
    if (atMs <= this.nowMs) return Promise.resolve();
    return new Promise((wake) => {
      if (Number.isFinite(atMs)) this.#push({ atMs, order: (this.#order += 1), wake });
    });
  }

  /** Lets time pass until `endMs`, or until `isOver` says so, whichever is first. */
  async run(endMs: number, isOver: () => boolean): Promise<void> {
    for (;;) {
      // After every promise that can go on has gone on.
      await setImmediate();
      const next = this.#sleepers[0];
      if (isOver() || next === undefined || next.atMs > endMs) return;
      this.nowMs = next.atMs;
      while (this.#sleepers[0]?.atMs === next.atMs) this.#pop()?.wake();
    }
  }

  /**
   * The same time as somebody sees it.
   *
   * @param wakesAt when a host that means to wake at an instant really does: later when it is frozen, never when it is gone
   */
  seenBy(offMs: number, wakesAt: (atMs: number) => number): Clock {
    return {
      now: () => this.nowMs + offMs,
      sleep: (ms) => this.until(wakesAt(this.nowMs + Math.max(0, ms))),
    };
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let at = heap.push(sleeper) - 1;
    for (;;) {
      const up = (at - 1) >> 1;
      const above = heap[up];
      if (at === 0 || above === undefined || !isBefore(sleeper, above)) return;
      heap[at] = above;
      heap[up] = sleeper;
      at = up;
    }
  }

  #pop(): Sleeper | undefined {
    const heap = this.#sleepers;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || last === first) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [l, r] = [heap[left], heap[left + 1]];
      const least = r !== undefined && l !== undefined && isBefore(r, l) ? left + 1 : left;
      const below = heap[least];
      if (below === undefined || !isBefore(below, last)) break;
      heap[at] = below;
      at = least;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
