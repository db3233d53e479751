/**
 * Lets only so many connections of this process log in at once, the first to come first.
 *
 * An invocation begins with four connections to each of its clusters. A thousand that log in at once, with TLS most of
 * all, keep the one processor busy for longer than their own timeouts: they fail, and all try again. A few at a time
 * are as fast, and each is done in time.
 *
 * Nobody is held up by servers that are gone or hang: a turn is asked for when a server has spoken (reach.ts), and one that
 * falls silent then loses its turn soon.
 *
 * @module
 */

export interface Turns {
  /** Waits for a turn. Call what it answers when the turn is over; it may be called again. */
  take(): Promise<() => void>;
}

/**
 * @param atOnce turns that are taken at the same time
 * @param heldMs a turn that takes longer goes on, but no longer keeps others waiting, in milliseconds
 */
export function turns(atOnce: number, heldMs: number): Turns {
  let free = atOnce;
  const waiting: (() => void)[] = [];

  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const begin = (): (() => void) => {
    let isHeld = true;
    const end = (): void => {
      if (!isHeld) return;
      isHeld = false;
      clearTimeout(timer);
      release();
    };
    const timer = setTimeout(end, heldMs);
    return end;
  };

  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return begin();
    },
  };
}
