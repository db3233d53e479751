/**
 * An answer, or why there is none, as a value to decide on.
 *
 * @module
 */
import { DatabaseError, messageOf } from '../errors.ts';
import type { Failure } from '../observation.ts';

export type Look<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure; readonly because: string };

/** Never rejects. What is no `DatabaseError` counts as not even tried, such as a secret that can't be read. */
export async function look<T>(asking: Promise<T>): Promise<Look<T>> {
  try {
    return { ok: true, value: await asking };
  } catch (error) {
    const failure = error instanceof DatabaseError ? error.failure : 'untried';
    return { ok: false, failure, because: messageOf(error) };
  }
}
