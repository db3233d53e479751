/**
 * @module A clock that jumps to the next thing to happen once nothing else can go on.
 */
import type { Clock } from '../../../lab/cloud/asl/ports.ts';

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  readonly startMs: number;
  #nowMs: number;
  #sleepers: Sleeper[] = [];
  #isTicking = false;

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.startMs = startMs;
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  get elapsedMs(): number {
    return this.#nowMs - this.startMs;
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let cancel = (): void => {};
    const awake = new Promise<void>((resolve, reject) => {
      const sleeper = { wakeAt: this.#nowMs + durationMs, wake: resolve };
      this.#sleepers.push(sleeper);
      cancel = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason as Error);
      };
    });
    signal.addEventListener('abort', cancel, { once: true });
    this.#tick();
    try {
      await awake;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** A macrotask runs only when all promises that could go on have gone on. */
  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    setImmediate(() => {
      this.#isTicking = false;
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, other) => (first === undefined || other.wakeAt < first.wakeAt ? other : first),
        undefined,
      );
      if (next === undefined) return;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.wakeAt);
      next.wake();
      this.#tick();
    });
  }
}
