/**
 * @module One chain of states: the machine itself, a branch of a `Parallel`, or an iteration of a `Map`.
 *
 * Guarantees: each event refers to the one before it on the same chain; a thread that was given up records nothing more.
 */
import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Checkpoint } from './checkpoint.ts';
import type { State } from './definition.ts';
import { Abandoned } from './failure.ts';
import type { EventDetails, History } from './history.ts';
import type { Json } from './json.ts';
import { linkedSignal, type LinkedSignal } from './linked-signal.ts';
import type { Clock } from './ports.ts';

/** The element of a `Map` that an iteration works on, as `$states.context.Map.Item` gives it. */
export interface MapItem {
  readonly Index: number;
  readonly Value: Json;
  /** Where the elements are from: the state's own data, as there is no reader of items. */
  readonly Source: 'STATE_DATA';
}

export interface ThreadOptions {
  readonly history: History;
  readonly checkpoint: Checkpoint;
  readonly signal: AbortSignal;
  /**
   * The event that the first one refers to: 0 for the machine, the start of the Parallel or of the iteration otherwise;
   * in a redrive the event of it.
   */
  readonly previousEventId: number;
  readonly mapItem?: MapItem | undefined;
}

export class Thread {
  readonly history: History;
  readonly checkpoint: Checkpoint;
  readonly signal: AbortSignal;
  readonly mapItem: MapItem | undefined;
  /** The id of the thread's latest event. */
  lastEventId: number;
  /** The type of the state that the thread is in. */
  stateType: State['Type'] | undefined;
  /** Tells how the threads inside ended, while the thread is in a `Parallel` or `Map`. */
  abandonChildren: ((previousEventId: number) => void) | undefined;

  constructor(options: ThreadOptions) {
    this.history = options.history;
    this.checkpoint = options.checkpoint;
    this.signal = options.signal;
    this.mapItem = options.mapItem;
    this.lastEventId = options.previousEventId;
  }

  /** Records the next event of the chain. */
  record(type: HistoryEventType, details?: EventDetails): void {
    this.lastEventId = this.recordAside(type, details);
  }

  /** Records an event that the next one of the chain does not refer to, and returns its id. */
  recordAside(type: HistoryEventType, details?: EventDetails): number {
    this.assertWanted();
    return this.history.record(this.lastEventId, type, details);
  }

  /**
   * Records an event that what succeeds after it does not refer to. What fails does: then the chain stays where the failure
   * has left it.
   */
  async beside<T>(type: HistoryEventType, then: () => Promise<T>): Promise<T> {
    const before = this.lastEventId;
    this.record(type);
    const result = await then();
    this.lastEventId = before;
    return result;
  }

  /** @throws Abandoned when a sibling failed or the execution ended. */
  assertWanted(): void {
    if (this.signal.aborted) throw new Abandoned();
  }

  /** @throws Abandoned like `assertWanted`, as soon as it happens. */
  async sleep(clock: Clock, durationMs: number): Promise<void> {
    try {
      await clock.sleep(durationMs, this.signal);
    } catch (error) {
      this.assertWanted();
      throw error;
    }
    this.assertWanted();
  }

  /** A signal for a part of the thread's work, which aborts when that ends or when nobody wants the thread any more. */
  untilUnwanted(): LinkedSignal {
    return linkedSignal(this.signal);
  }

  /** Settles like `work`, or rejects with `Abandoned` as soon as nobody wants the answer any more. */
  async whileWanted<T>(work: Promise<T>): Promise<T> {
    this.assertWanted();
    let giveUp = (): void => {};
    const given = new Promise<never>((_resolve, reject) => {
      giveUp = () => reject(new Abandoned());
    });
    this.signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([work, given]);
    } finally {
      this.signal.removeEventListener('abort', giveUp);
    }
  }
}
