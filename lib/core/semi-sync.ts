/**
 * When semi-sync binds a primary as long as it takes.
 *
 * @module
 */

/** A primary that would go on alone only after a day goes on alone at no time that matters here, in milliseconds. */
export const NO_TIMEOUT_MS = 24 * 3_600_000;
