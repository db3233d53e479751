/**
 * A statement whose outcome is asked for later, while others clear its way.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';

export class StatementUnderWay {
  readonly #statement: Promise<void>;
  #pending = true;

  constructor(statement: Promise<void>) {
    this.#statement = statement;
    const settle = (): void => void (this.#pending = false);
    statement.then(settle, settle);
  }

  get pending(): boolean {
    return this.#pending;
  }

  /** Returns when it has an outcome, or after `ms`. */
  async within(ms: number): Promise<void> {
    const abort = new AbortController();
    const quietly = (promise: Promise<unknown>) => promise.catch(() => {});
    await Promise.race([quietly(this.#statement), quietly(delay(ms, undefined, { signal: abort.signal }))]);
    abort.abort();
  }

  /** @throws what the statement threw */
  done(): Promise<void> {
    return this.#statement;
  }
}
