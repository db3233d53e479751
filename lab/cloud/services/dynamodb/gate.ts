/** @module Lets many work together or one alone, in the order in which they came. */

export class Gate {
  private readonly together = new Set<Promise<unknown>>();
  private lastAlone: Promise<unknown> = Promise.resolve();

  /** Runs beside others, and after whoever asked to be alone before. */
  beside<T>(work: () => Promise<T>): Promise<T> {
    const run = this.lastAlone.then(work);
    const settled = run.catch(() => undefined).finally(() => this.together.delete(settled));
    this.together.add(settled);
    return run;
  }

  /** Runs when everybody who came before is done; who comes later waits. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const run = Promise.all([this.lastAlone, ...this.together]).then(work);
    this.lastAlone = run.catch(() => undefined);
    return run;
  }
}
