/**
 * The old primary as the monitors last saw it: what candidates are measured against.
 *
 * @module
 */
import type { Engine } from '../config.ts';
import { positionsOf } from '../gtid/position.ts';
import { lastSightOf } from '../last-sight.ts';
import type { SemiSyncSource, Vote } from '../observation.ts';

/** What was seen of a primary while it still answered. It may have executed more since. */
export interface PrimarySight {
  /** When it last answered, by a monitor's clock, in epoch milliseconds. */
  readonly atMs: number;
  readonly identity: string;
  /** All that any monitor saw it to have executed. */
  readonly executed: string;
  readonly semiSync: SemiSyncSource;
  /** The newest beat that any monitor saw it to have, in epoch milliseconds; null when none did. */
  readonly beatAtMs: number | null;
  /** Configured nodes that were then seen to acknowledge. */
  readonly acknowledging: readonly string[];
}

/**
 * What the votes say of a primary; null when no monitor ever saw it, or none tells of its position in a text that can be
 * read. Its last sight counts; of what it had executed, every sight of that same server does.
 */
export function primarySight(votes: readonly Vote[], primary: string, engine: Engine): PrimarySight | null {
  const positions = positionsOf(engine);
  const sight = lastSightOf(votes, primary);
  if (sight === null || sight.identity === null || sight.semiSync === null) return null;
  const { seenAtMs, identity, semiSync, acknowledging } = sight;
  const [first, ...rest] = votes
    .filter((vote) => vote.primary === primary && vote.identity === identity)
    .flatMap(({ executed }) => (executed !== null && positions.isValid(executed) ? [executed] : []));
  if (first === undefined) return null;
  const executed = rest.reduce((all, each) => positions.union(all, each), first);
  const beats = votes.flatMap((vote) => (vote.primary === primary && vote.beatAtMs !== null ? [vote.beatAtMs] : []));
  const beatAtMs = beats.length === 0 ? null : Math.max(...beats);
  return { atMs: seenAtMs, identity, executed, beatAtMs, semiSync, acknowledging };
}
