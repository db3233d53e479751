/**
 * Every error that somebody catches by name: the state machine by `errorType`, the steps by class.
 * Outcomes that a step can expect are return values, not errors.
 *
 * @module
 */
import type { Failure } from './observation.ts';

/** Base of all errors of this product. `code` is stable and shown to people. */
export abstract class FailoverError extends Error {
  abstract readonly code: string;
}

/** The actor's epoch or execution is not the one that holds the cluster: it must change nothing (invariant 2). */
export class StaleActor extends FailoverError {
  override readonly name = 'StaleActor';
  readonly code = 'stale-actor';
}

/** A database server did not do what it was asked. `failure` says whether it showed a sign of life. */
export class DatabaseError extends FailoverError {
  override readonly name = 'DatabaseError';
  readonly code = 'database';
  readonly failure: Failure;

  constructor(failure: Failure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** A call to AWS did not succeed within its deadline and attempts. */
export class CloudError extends FailoverError {
  override readonly name = 'CloudError';
  readonly code = 'cloud';
}

/** The input of a function can't be used. */
export class InvalidInput extends FailoverError {
  override readonly name = 'InvalidInput';
  readonly code = 'invalid-input';
}

/** The route could not be moved or did not lead to the new primary in time. The workflow falls back to Route 53. */
export class RouteNotMoved extends FailoverError {
  override readonly name = 'RouteNotMoved';
  readonly code = 'route-not-moved';
}

/** Nobody can be promoted without a risk that a person must weigh. The workflow halts. */
export class PromotionRefused extends FailoverError {
  override readonly name = 'PromotionRefused';
  readonly code = 'promotion-refused';
}

/** The evidence so far does not suffice; more may come. The workflow asks again. */
export class FenceNotYetProven extends FailoverError {
  override readonly name = 'FenceNotYetProven';
  readonly code = 'fence-not-yet-proven';
}

/** No sufficient proof came before the deadline. The workflow halts. */
export class FenceUnproven extends FailoverError {
  override readonly name = 'FenceUnproven';
  readonly code = 'fence-unproven';
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
