/**
 * Whether the monitors could agree at all, looked at every five minutes while all is well: in a round, a monitor asks for the
 * votes of others only when its own calls for a change. What was found stands until the next look, and never delays a
 * round.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import { diagnose, type Problem } from '../../lib/core/diagnosis/diagnose.ts';
import type { ProblemCode } from '../../lib/core/diagnosis/problems.ts';
import type { ClusterView } from '../../lib/core/diagnosis/view.ts';
import { messageOf } from '../../lib/core/errors.ts';
import type { MonitorContext } from './context.ts';
import { spread } from './spread.ts';

/** What only the votes of others show. */
const OF_VOTES: readonly ProblemCode[] = [
  'quorum-lost',
  'monitor-silent',
  'monitor-blind',
  'monitor-out-of-date',
  'clocks-apart',
  'unknown-monitor',
];
const EVERY_MS = 300_000;

/** The problems that were found last; begins to look again when it is time. A view that has votes speaks for itself. */
export type Census = (view: ClusterView) => readonly Problem[];

export function census(cluster: ClusterConfig, { clock, state, log }: MonitorContext): Census {
  let found: readonly Problem[] = [];
  // Not all clusters at once, and not before every monitor has had the time to vote.
  let dueAtMs = clock.now() + EVERY_MS / 2 + spread(cluster.id) * EVERY_MS;

  const look = async (view: ClusterView) => {
    const votes = await state.votes(cluster.id);
    const problems = diagnose({ ...view, votes, nowMs: clock.now() });
    found = problems.filter(({ code }) => OF_VOTES.includes(code));
  };
  return (view) => {
    if (view.votes !== null) return [];
    if (view.nowMs >= dueAtMs) {
      dueAtMs = view.nowMs + EVERY_MS;
      look(view).catch((error: unknown) => log(`${cluster.id}: could not read the votes: ${messageOf(error)}`));
    }
    return found;
  };
}
