/**
 * The rounds of one cluster, on a grid that does not drift: late rounds make no later ones late, and a round that takes
 * longer than the interval leaves points of the grid out instead of overlapping itself.
 *
 * While the primary is not well the grid gives way, until it is:
 *
 * - The end of a kept connection to it calls for a round at once, and the next ones follow from there: a point of the grid
 *   a moment later would count a failure that `detection.failures` means to be an interval apart.
 * - A round that took longer than the interval, as each does that waits for a silent primary, is followed by the next at
 *   once: with a timeout as long as the interval, waiting for the grid would make a death take twice as long to notice.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import type { Clock } from '../../lib/ports/cloud.ts';
import type { Round } from './context.ts';
import type { Watch } from './watch.ts';

/** Moments at which rounds are due, in epoch milliseconds. */
export interface Grid {
  /** One of them. */
  readonly originMs: number;
  readonly intervalMs: number;
}

/** The first point of a grid after a moment. */
export function pointAfter({ originMs, intervalMs }: Grid, atMs: number): number {
  return originMs + (Math.floor((atMs - originMs) / intervalMs) + 1) * intervalMs;
}

export interface RoundsProps {
  readonly cluster: string;
  readonly watch: Watch;
  readonly grid: Grid;
  readonly clock: Clock;
  readonly goesOn: () => boolean;
  /** A round is about to begin; what it answers is called when the round is over, with whether it did all it should. */
  readonly onBegin: () => (round: Round, succeeded: boolean) => void;
  readonly log: (line: string) => void;
}

export async function keepRounds({ cluster, watch, grid, clock, goesOn, onBegin, log }: RoundsProps): Promise<void> {
  let current = grid;
  let dueAtMs = pointAfter(grid, clock.now() - 1);
  let skipped = 0;
  while (goesOn()) {
    const reason = await watch.untilNext(dueAtMs);
    if (!goesOn()) return;
    const startedAtMs = clock.now();
    const onEnd = onBegin();
    const succeeded = await watch.tick().then(
      () => true,
      (error: unknown) => {
        log(`${cluster}: ${messageOf(error)}`);
        return false;
      },
    );
    const endedAtMs = clock.now();
    const lateMs = reason === 'due' ? Math.max(0, startedAtMs - dueAtMs) : 0;
    onEnd({ cluster, lateMs, tookMs: endedAtMs - startedAtMs, skipped }, succeeded);

    if (watch.isWell) current = grid;
    else if (reason === 'called') current = { ...grid, originMs: startedAtMs };
    // A timer may fire a moment before its point by the clock: that point is not due again.
    const handledMs = reason === 'due' ? Math.max(dueAtMs, startedAtMs) : startedAtMs;
    const nextMs = pointAfter(current, handledMs);
    if (watch.isWell) {
      dueAtMs = pointAfter(current, Math.max(handledMs, endedAtMs));
      skipped = Math.round((dueAtMs - nextMs) / current.intervalMs);
    } else {
      dueAtMs = Math.max(nextMs, endedAtMs);
      skipped = 0;
      if (dueAtMs > nextMs) current = { ...grid, originMs: dueAtMs };
    }
  }
}
