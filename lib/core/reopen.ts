/**
 * Whether a primary that was started again is made the primary anew, or replaced.
 *
 * Reopening loses nothing, keeps the address, and leaves the cluster with all of its servers; a failover stops one. But a
 * server that crashes again and again should not stay the primary, nor one that came back with less than it had.
 *
 * @module
 */
import type { ClusterConfig } from './config.ts';
import { positionsOf } from './gtid/position.ts';
import type { NodeObservation } from './observation.ts';
import type { ClusterState } from './state.ts';

export interface ReopenInput {
  readonly cluster: ClusterConfig;
  readonly state: Pick<ClusterState, 'primary' | 'promotedAt' | 'reopenedAtMs'>;
  /** Which server the primary was when monitors last saw it; null when none did. */
  readonly identity: string | null;
  /** Every node, as just seen. */
  readonly observations: readonly NodeObservation[];
  /** The reader's clock, in epoch milliseconds. */
  readonly nowMs: number;
}

export type ReopenDecision = { readonly reopen: boolean; readonly because: string };

/** A replica that does not answer can't speak against it: what it may have alone is fenced by nobody in either case. */
export function judgeReopen(input: ReopenInput): ReopenDecision {
  const against = obstacleTo(input);
  return against === null
    ? { reopen: true, because: `${input.state.primary} was started again and has all that its replicas received` }
    : { reopen: false, because: against };
}

function obstacleTo({ cluster, state, identity, observations, nowMs }: ReopenInput): string | null {
  const { primary, promotedAt, reopenedAtMs } = state;
  if (cluster.policy.restart !== 'reopen') return `policy.restart is ${cluster.policy.restart}`;
  const sinceMs = reopenedAtMs === null ? Infinity : nowMs - reopenedAtMs;
  if (sinceMs < cluster.cooldownSeconds * 1_000) {
    return `${primary} was reopened ${Math.round(sinceMs / 1_000)} s ago already: it does not stay up`;
  }
  const seen = observations.find(({ nodeId }) => nodeId === primary);
  if (seen?.reachable !== true) return `${primary} does not answer (${seen?.failure ?? 'not asked'})`;
  const { server } = seen;
  if (server.identity !== identity) {
    return `server ${server.identity} answers at ${primary}, where ${identity ?? 'nobody'} was last seen`;
  }
  if (server.replica !== null) return `${primary} follows ${server.replica.sourceHost} by now`;

  const positions = positionsOf(cluster.engine);
  const had = observations.flatMap((each) =>
    each.nodeId !== primary && each.reachable && each.server.replica !== null
      ? [{ who: each.nodeId, position: each.server.replica.received }]
      : [],
  );
  const must = promotedAt === null ? had : [{ who: 'its promotion', position: promotedAt }, ...had];
  for (const { who, position } of must) {
    if (!positions.isValid(server.executed) || !positions.isValid(position)) {
      return `the positions of ${primary} and of ${who} can't be compared`;
    }
    const lacking = positions.beyond(position, server.executed);
    if (lacking !== '') return `${primary} lacks ${lacking}, which ${who} shows: it came back with less than it had`;
  }
  return null;
}
