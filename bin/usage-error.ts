/**
 * What a command was given can't be used.
 *
 * @module
 */

/** The message names the value, the field and the fix, on one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
