/**
 * @module The history of one execution, as `GetExecutionHistory` gives it.
 *
 * Guarantees: ids run from 1 without gaps in the order of recording, and an execution can't run past the service's quota
 * of 25,000 events, so that a machine which loops for ever ends.
 */
import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { ErrorName, StateFailure } from './failure.ts';
import { jsonText, type Json } from './json.ts';
import type { Clock } from './ports.ts';

export const MAX_EVENTS = 25_000;

/** Nothing is ever cut from a payload here. */
export const NOT_TRUNCATED = { truncated: false };

/** The details of an event without the fields that the history itself fills. */
export type EventDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

export class History {
  readonly #clock: Clock;
  readonly #onEvent: (event: HistoryEvent) => void;
  #lastId = 0;

  constructor(clock: Clock, onEvent: (event: HistoryEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  /** The id of the latest event, 0 before the first. */
  get lastEventId(): number {
    return this.#lastId;
  }

  /**
   * Records what a state does, and returns the event's id.
   * @throws StateFailure `States.Runtime` when only the event of the execution's end still fits
   */
  record(previousEventId: number, type: HistoryEventType, details: EventDetails = {}): number {
    if (this.#lastId + 1 >= MAX_EVENTS) {
      const cause = `The execution reached the maximum number of history events (${MAX_EVENTS}).`;
      throw new StateFailure(ErrorName.runtime, cause);
    }
    return this.#add(previousEventId, type, details);
  }

  /** Records how the execution ended; there is always room for it. */
  recordEnd(previousEventId: number, type: HistoryEventType, details: EventDetails): void {
    this.#add(previousEventId, type, details);
  }

  #add(previousEventId: number, type: HistoryEventType, details: EventDetails): number {
    this.#lastId += 1;
    this.#onEvent({ timestamp: new Date(this.#clock.now()), type, id: this.#lastId, previousEventId, ...details });
    return this.#lastId;
  }
}

/** A payload as the history's events carry it: JSON text. */
export function inputDetails(input: Json): { input: string; inputDetails: typeof NOT_TRUNCATED } {
  return { input: jsonText(input), inputDetails: NOT_TRUNCATED };
}

export function outputDetails(output: Json): { output: string; outputDetails: typeof NOT_TRUNCATED } {
  return { output: jsonText(output), outputDetails: NOT_TRUNCATED };
}

/** An error and its cause, each left out when it is not known. */
export function failureDetails(failure: { error?: string | undefined; cause?: string | undefined }): {
  error?: string;
  cause?: string;
} {
  return {
    ...(failure.error === undefined ? {} : { error: failure.error }),
    ...(failure.cause === undefined ? {} : { cause: failure.cause }),
  };
}
