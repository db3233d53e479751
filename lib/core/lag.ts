/**
 * How far a replica is behind its primary, in time, told by the beats that monitors write on the primary: they replicate
 * like any other write, and each says when it was written. So it can still be told when the primary is gone, which is
 * when it matters most; what a replica says by itself (`Seconds_Behind_Source`), MariaDB no longer says then.
 *
 * Both times were written by monitors. As the newest beat on either side is most often the one of the monitor whose clock
 * is ahead, what clocks differ by cancels out, but for at most `MAX_CLOCK_SKEW_MS`. Beats are an interval apart: so much a
 * replica may seem to be behind, or not to be, that is not.
 *
 * @module
 */
import type { ServerObservation } from './observation.ts';

/**
 * Whole seconds; null when nothing tells. The longer of what the beats and what the replica itself say: either may be
 * blind, to a stall of the monitors' own writes and to a source that is gone.
 *
 * @param primaryBeatAtMs the newest beat that the primary was seen to have, in epoch milliseconds; null when none was
 */
export function lagSecondsOf(
  { replica, beatAtMs }: Pick<ServerObservation, 'replica' | 'beatAtMs'>,
  primaryBeatAtMs: number | null,
): number | null {
  const own = replica?.lagSeconds ?? null;
  if (beatAtMs === null || primaryBeatAtMs === null) return own;
  const byBeats = Math.max(0, Math.floor((primaryBeatAtMs - beatAtMs) / 1_000));
  return own === null ? byBeats : Math.max(own, byBeats);
}
