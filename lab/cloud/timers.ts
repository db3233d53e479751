/**
 * @module Everything in the cloud that happens later.
 *
 * Guarantees: nothing fires after `close()`, and whoever waits then is told by a rejection. What a timer's work throws
 * reaches `onError`: no failure of the lab is silent.
 */

export class Timers {
  private readonly pending = new Map<NodeJS.Timeout, (reason: Error) => void>();
  private closed = false;

  private readonly onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.onError = onError;
  }

  /** Runs `work` after a delay; with no delay it has run when the returned promise resolves. */
  async after(delayMs: number, work: () => Promise<void> | void): Promise<void> {
    if (delayMs <= 0) return work();
    this.sleep(delayMs)
      .then(work)
      .catch((error: unknown) => {
        if (!(error instanceof CloudClosed)) this.onError(error);
      });
  }

  /** Resolves after a delay. @throws CloudClosed when the cloud is closed first */
  sleep(delayMs: number): Promise<void> {
    if (this.closed) return Promise.reject(new CloudClosed());
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(timer);
        resolve();
      }, delayMs);
      this.pending.set(timer, reject);
    });
  }

  close(): void {
    this.closed = true;
    for (const [timer, reject] of this.pending) {
      clearTimeout(timer);
      reject(new CloudClosed());
    }
    this.pending.clear();
  }
}

/** The wait was cut short because the lab is closing. */
export class CloudClosed extends Error {
  override readonly name = 'CloudClosed';
  constructor() {
    super("the lab's cloud is closed");
  }
}
