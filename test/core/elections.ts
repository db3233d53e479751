/**
 * Elections in which all is as a failover wants it; a test says only what differs. `db-1` was last seen at `0-1-100`, and
 * both its replicas acknowledged.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import { elect, type Election, type ElectionInput } from '../../lib/core/elect.ts';
import type { PrimarySight } from '../../lib/core/election/primary-sight.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import { configInput, exampleCluster, nodesInput } from '../fakes/example-config.ts';
import { NOW, seenServer, semiSync } from './examples.ts';

export function sight(changes: Partial<PrimarySight> = {}): PrimarySight {
  const acknowledging = ['db-2', 'db-3'];
  return {
    atMs: NOW - 3_000,
    identity: '1',
    executed: '0-1-100',
    beatAtMs: null,
    semiSync: semiSync({ connectedReplicas: (changes.acknowledging ?? acknowledging).length }),
    acknowledging,
    ...changes,
  };
}

export function choose(observations: readonly NodeObservation[], changes: Partial<ElectionInput> = {}): Election {
  const given = {
    cluster: exampleCluster(),
    oldPrimary: 'db-1',
    observations,
    lastSeen: sight(),
    nominee: null,
    fenced: {},
    promotedAt: null,
  };
  return elect({ ...given, ...changes });
}

export function asynchronous(election: Partial<ClusterConfig['election']> = {}): ClusterConfig {
  return exampleCluster({ semiSync: 'off', election });
}

export function promotions(of: Record<string, 'prefer' | 'neutral' | 'never'>): ClusterConfig {
  return exampleCluster({ nodes: nodesInput((id) => ({ promotion: of[id] ?? 'neutral' })) });
}

/** `db-1` to `db-<n>`, of which those with an even number stand in the zone of `db-1`'s neighbour, and `db-4` is preferred. */
export function clusterOf(size: number, cluster: Parameters<typeof exampleCluster>[0] = {}): ClusterConfig {
  const [first] = configInput().clusters[0]!.nodes;
  const nodes = Array.from({ length: size }, (_, index) => index + 1).map((n) => ({
    ...first!,
    id: `db-${n}`,
    address: `10.0.1.1${n}`,
    instanceId: `i-${n}`,
    networkInterfaceId: `eni-${n}`,
    availabilityZone: n % 2 === 0 ? 'eu-central-1a' : 'eu-central-1b',
    promotion: n === 4 ? ('prefer' as const) : ('neutral' as const),
  }));
  return exampleCluster({ nodes, ...cluster });
}

/** A server whose replica role is over, and which was opened for writes maybe. */
export function opened(nodeId: string, executed = '0-1-100', readOnly = false): NodeObservation {
  return seenServer(nodeId, { replica: null, readOnly, executed });
}

/** Codes of those who lost, by node. */
export function losers(election: Election): Record<string, string> {
  return Object.fromEntries(election.losers.map((each) => [each.nodeId, each.code]));
}

/** Who won, or why nobody did. */
export function outcome(election: Election): string {
  return election.elected ? election.winner : election.code;
}

/** What a refusal says; empty when somebody was elected. */
export function sentence(election: Election): string {
  return election.elected ? '' : election.because;
}
