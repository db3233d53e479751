/**
 * What is known of a primary that is gone: its votes are all that is left of it.
 *
 * @module
 */
import { MAX_CLOCK_SKEW_MS } from './ballot.ts';
import type { BootsReadOnly } from './boots-read-only.ts';
import type { SemiSyncSource, Vote } from './observation.ts';

/** The primary as it was last seen, by whoever saw it last. */
export interface LastSight {
  readonly seenAtMs: number;
  readonly identity: string | null;
  readonly semiSync: SemiSyncSource | null;
  /** Configured replicas that acknowledged then, by any monitor's sight of the same moment. */
  readonly acknowledging: readonly string[];
  readonly bootsReadOnly: BootsReadOnly;
  readonly executed: string | null;
}

/**
 * The last sight of a primary, or null when no vote tells of one. The newest vote need not hold it: a monitor that lost
 * sight of the primary an hour before the others goes on voting, about what it saw an hour ago.
 */
export function lastSightOf(votes: readonly Vote[], primary: string): LastSight | null {
  const sights = votes
    .filter((vote) => vote.primary === primary)
    .flatMap((vote) => (vote.seenAtMs === null ? [] : [{ ...vote, seenAtMs: vote.seenAtMs }]))
    .sort((a, b) => b.seenAtMs - a.seenAtMs || (a.monitor < b.monitor ? -1 : 1));
  const [last] = sights;
  if (last === undefined) return null;
  const { seenAtMs, identity, semiSync, bootsReadOnly, executed } = last;
  const sameMoment = sights.filter((sight) => seenAtMs - sight.seenAtMs <= MAX_CLOCK_SKEW_MS);
  // A monitor that could not reach a replica does not say that it was no acknowledger.
  const acknowledging = [...new Set(sameMoment.flatMap((sight) => sight.acknowledging))].sort();
  return { seenAtMs, identity, semiSync, acknowledging, bootsReadOnly, executed };
}
