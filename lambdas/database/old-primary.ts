/**
 * What is known of the primary that is being replaced, from those who saw it last.
 *
 * @module
 */
import { knownToBootReadOnly, type BootsReadOnly } from '../../lib/core/boots-read-only.ts';
import type { ClusterConfig } from '../../lib/core/config.ts';
import { lastSightOf, type LastSight } from '../../lib/core/last-sight.ts';
import type { Vote } from '../../lib/core/observation.ts';
import type { ClusterState } from '../../lib/core/state.ts';

export interface OldPrimary {
  readonly sight: LastSight | null;
  readonly bootsReadOnly: BootsReadOnly;
}

/** @param justSeen what the server itself says now, where it still answers */
export function knownOfOldPrimary(
  nodeId: string,
  known: { readonly cluster: ClusterConfig; readonly state: ClusterState; readonly votes: readonly Vote[] },
  justSeen: BootsReadOnly = 'unknown',
): OldPrimary {
  const sight = lastSightOf(known.votes, nodeId);
  return {
    sight,
    bootsReadOnly: knownToBootReadOnly({
      seen: justSeen === 'unknown' ? (sight?.bootsReadOnly ?? 'unknown') : justSeen,
      // The record speaks of its primary, who is another one once the change is through.
      recorded: known.state.primary === nodeId ? known.state.bootsReadOnly : 'unknown',
      declared: known.cluster.bootsReadOnly,
    }),
  };
}
