/**
 * The state table as it is reached from somewhere: each call takes a moment, and fails where no network is.
 *
 * @module
 */
import { CloudError } from '../../lib/core/errors.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import type { WorldClock } from './clock.ts';

/** One call of DynamoDB from within its region, and how long the adapter tries one that is not answered. */
const CALL_MS = 8;
const GIVES_UP_MS = 3_000;

export interface TableView {
  readonly reaches: (atMs: number) => boolean;
  readonly wakesAt: (atMs: number) => number;
}

/** The same table. Its calls are all asynchronous, which is what this relies on. */
export function tableSeenBy({ reaches, wakesAt }: TableView, store: StateStore, clock: WorldClock): StateStore {
  return new Proxy(store, {
    get(target, name, receiver) {
      const call: unknown = Reflect.get(target, name, receiver);
      if (typeof call !== 'function') return call;
      return async (...values: unknown[]): Promise<unknown> => {
        if (!reaches(clock.nowMs)) {
          await clock.until(wakesAt(clock.nowMs + GIVES_UP_MS));
          throw new CloudError(`${String(name)}: no answer from the table`);
        }
        await clock.until(wakesAt(clock.nowMs + CALL_MS / 2));
        const answer: unknown = await Reflect.apply(call, target, values);
        await clock.until(wakesAt(clock.nowMs + CALL_MS / 2));
        return answer;
      };
    },
  });
}
