/**
 * @module `Retry` and `Catch`.
 *
 * Guarantees: retriers are looked through in order and each counts its own attempts; only when the first that matches is
 * used up do the catchers get the failure, and the first of them that matches decides.
 */
import type { Catcher, Retrier } from './definition.ts';
import { ErrorName, errorOutput, matchesError, StateFailure } from './failure.ts';
import type { StateEntry, StateOutcome } from './state-entry.ts';

const DEFAULT_MAX_ATTEMPTS = 3;
const DEFAULT_INTERVAL_SECONDS = 1;
const DEFAULT_BACKOFF_RATE = 2;

interface Handlers {
  readonly Retry?: readonly Retrier[] | undefined;
  readonly Catch?: readonly Catcher[] | undefined;
}

/** The states that contain others have an event for their failure, once no retry is left. */
export type FailedEvent = 'ParallelStateFailed' | 'MapStateFailed';

/** Runs a state's work, again or by a catcher's way out when it fails. */
export async function withHandlers(
  handlers: Handlers,
  entry: StateEntry,
  attempt: () => Promise<StateOutcome>,
  failedEvent?: FailedEvent,
): Promise<StateOutcome> {
  const { ports } = entry.execution;
  const attempts = new Map<Retrier, number>();
  entry.retryCount = 0;
  for (;;) {
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof StateFailure)) throw failure;
      const retrier = handlers.Retry?.find((candidate) => matchesError(candidate.ErrorEquals, failure));
      const used = retrier === undefined ? 0 : (attempts.get(retrier) ?? 0);
      // The guide: after this error a redrive, too, runs all branches again.
      if (failure.error === ErrorName.dataLimitExceeded) entry.thread.checkpoint.branches = undefined;
      if (retrier === undefined || used >= (retrier.MaxAttempts ?? DEFAULT_MAX_ATTEMPTS)) {
        return catchFailure(handlers.Catch ?? [], failure, entry, failedEvent);
      }
      attempts.set(retrier, used + 1);
      entry.retryCount += 1;
      await entry.thread.sleep(
        ports.clock,
        retryDelayMs(retrier, used, () => ports.random()),
      );
      // A retry runs all branches anew, those that had succeeded as well.
      entry.thread.checkpoint.branches = undefined;
    }
  }
}

/**
 * How long to wait before a retry, in milliseconds.
 * @param used how often the retrier was used before
 */
export function retryDelayMs(retrier: Retrier, used: number, random: () => number): number {
  const interval = retrier.IntervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
  const growing = interval * (retrier.BackoffRate ?? DEFAULT_BACKOFF_RATE) ** used;
  const delayMs = Math.min(growing, retrier.MaxDelaySeconds ?? Infinity) * 1000;
  return retrier.JitterStrategy === 'FULL' ? random() * delayMs : delayMs;
}

async function catchFailure(
  catchers: readonly Catcher[],
  failure: StateFailure,
  entry: StateEntry,
  failedEvent: FailedEvent | undefined,
): Promise<StateOutcome> {
  const { thread } = entry;
  const lastOfTheWork = thread.lastEventId;
  recordFailed(failure, entry, failedEvent);
  const index = catchers.findIndex((candidate) => matchesError(candidate.ErrorEquals, failure));
  const catcher = catchers[index];
  if (catcher === undefined) throw failure;
  const lastOfTheState = thread.lastEventId;
  const output = errorOutput(failure);
  // As the service does it: a catcher that fails itself is chained to the work, and then the state fails once more.
  thread.lastEventId = lastOfTheWork;
  try {
    const outcome = await entry.outcome(catcher, output, { errorOutput: output }, `Catch[${index}]/`);
    thread.lastEventId = lastOfTheState;
    return outcome;
  } catch (second) {
    if (second instanceof StateFailure) recordFailed(second, entry, failedEvent);
    throw second;
  }
}

/** `States.Runtime` ends the execution on the spot: no state around it has an event of its failure. */
function recordFailed(failure: StateFailure, entry: StateEntry, failedEvent: FailedEvent | undefined): void {
  if (failedEvent !== undefined && failure.error !== ErrorName.runtime) entry.thread.record(failedEvent);
}
