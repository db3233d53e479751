/**
 * Tells commits that hang in semi-sync from commits that take their turn.
 *
 * It matters to who ends sessions (sessions.ts): ending commits that take their turn could end one just when it begins
 * to wait for a group, and so release the group without an acknowledgement.
 *
 * @module
 */
import type { Session } from './sessions.ts';

/** An acknowledgement takes a few milliseconds. When one session has waited this long, none will come. */
export const HANGS_AFTER_MS = 100;

export class Hang {
  #waiting: number | undefined;
  #sinceMs = 0;
  #lasted = false;

  /**
   * Whether the same session was seen to wait for an acknowledgement for so long. Stays true: once those who hang are
   * ended, others take their place.
   *
   * @param nowMs a clock that never goes back, in milliseconds
   */
  lasts(sessions: readonly Session[], nowMs: number): boolean {
    const waiting = sessions.find((session) => session.waitsForAcknowledgement)?.id;
    if (waiting !== this.#waiting) {
      this.#waiting = waiting;
      this.#sinceMs = nowMs;
    }
    this.#lasted ||= waiting !== undefined && nowMs - this.#sinceMs >= HANGS_AFTER_MS;
    return this.#lasted;
  }
}
