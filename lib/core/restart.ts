/**
 * A primary whose server was started again, by its supervisor say, before anybody found it dead. It comes up read-only, or
 * without the semi-sync that it must have, and nobody but us knows that it was the primary: left alone it stays so.
 *
 * What tells it from a primary that somebody closed on purpose is the start: only a server that was started since it was
 * last seen to do its work counts as restarted.
 *
 * @module
 */
import type { ClusterConfig } from './config.ts';
import { MAX_CLOCK_SKEW_MS } from './ballot.ts';
import type { AtWork, ServerObservation, Vote } from './observation.ts';

export interface RestartFinding {
  /** When it was last seen at work; null before the first time. */
  readonly atWork: AtWork | null;
  readonly restarted: boolean;
}

export const NEVER_AT_WORK: RestartFinding = { atWork: null, restarted: false };

/**
 * Uptime is in whole seconds, so two sights of one start differ by up to a second, by the time of an answer, and by the
 * clocks of two monitors where one goes by what another has seen.
 */
const SAME_START_WITHIN_MS = 1_500 + MAX_CLOCK_SKEW_MS;

/** Whether a server does what a primary of this cluster must do: it takes writes, bound by semi-sync where required. */
export function isAtWork(
  { readOnly, semiSyncSource }: Pick<ServerObservation, 'readOnly' | 'semiSyncSource'>,
  { semiSync }: Pick<ClusterConfig, 'semiSync'>,
): boolean {
  return !readOnly && (semiSync === 'off' || semiSyncSource.enabled);
}

/**
 * The primary at work, as the votes on it tell: for a monitor that begins to watch when it is not at work any more. The
 * latest start counts; null when no vote tells of one.
 */
export function atWorkByVotes(votes: readonly Vote[], primary: string): AtWork | null {
  const seen = votes.flatMap((vote) => (vote.primary === primary && vote.atWork !== null ? [vote.atWork] : []));
  return seen.toSorted((a, b) => b.startedAtMs - a.startedAtMs)[0] ?? null;
}

/** What one more sight of the primary shows. `atMs` is when it answered, by the looker's clock. */
export function judgeRestart(
  { atWork }: RestartFinding,
  { atMs, server }: { readonly atMs: number; readonly server: ServerObservation },
  cluster: Pick<ClusterConfig, 'semiSync'>,
): RestartFinding {
  const { identity } = server;
  const startedAtMs = atMs - server.uptimeSeconds * 1_000;
  if (isAtWork(server, cluster)) return { atWork: { identity, startedAtMs }, restarted: false };
  const restarted =
    atWork !== null &&
    atWork.identity === identity &&
    server.replica === null &&
    startedAtMs - atWork.startedAtMs > SAME_START_WITHIN_MS;
  return { atWork, restarted };
}
