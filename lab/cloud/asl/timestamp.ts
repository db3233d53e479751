/**
 * @module Times as the service writes them into `$states.context`.
 *
 * Guarantees: UTC, with milliseconds unless they are zero.
 */

/** @param epochMs what {@link import('./ports.ts').Clock} tells */
export function timestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}
