/**
 * Finds a change whose execution has ended without closing it: aborted in the console, timed out, or failed where nobody
 * could halt it. Whether it has ended is asked of Step Functions, never of a clock; but it is left alone for a while
 * after that, so that who redrives it at once goes on with it. It is then looked into whatever the votes say: after a
 * promotion the new primary may be well while clients are still led to the old one.
 *
 * @module
 */
import type { ClusterState } from '../../lib/core/state.ts';
import type { Clock, Executions } from '../../lib/ports/cloud.ts';

/** How often Step Functions is asked while a change runs, in milliseconds. */
const ASK_EVERY_MS = 5_000;
/** Time for a redrive, since the execution was first seen to have ended, in milliseconds. */
export const REDRIVE_WITHIN_MS = 30_000;

export interface UnfinishedChanges {
  /** Whether the record is held by an execution that has been over for a while. Rejects with `CloudError`. */
  isUnfinished(state: ClusterState): Promise<boolean>;
}

export function unfinishedChanges(executions: Executions, clock: Clock): UnfinishedChanges {
  let holder: string | null = null;
  let askedAtMs = 0;
  let endedSinceMs: number | null = null;

  return {
    async isUnfinished(state) {
      const nowMs = clock.now();
      if (state.holder !== holder) {
        holder = state.holder;
        askedAtMs = nowMs;
        endedSinceMs = null;
      }
      if (holder === null || nowMs - askedAtMs < ASK_EVERY_MS) return false;
      askedAtMs = nowMs;
      if ((await executions.status(holder)) === 'running') endedSinceMs = null;
      else endedSinceMs ??= nowMs;
      return endedSinceMs !== null && nowMs - endedSinceMs >= REDRIVE_WITHIN_MS;
    },
  };
}
