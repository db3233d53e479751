/**
 * Observations and votes in which all is as a failover wants it; a test says only what differs. The primary `db-1` is
 * gone since `NOW`, in epoch 4.
 *
 * @module
 */
import * as fc from 'fast-check';
import type {
  NodeObservation,
  ReplicaStatus,
  SemiSyncSource,
  ServerObservation,
  Vote,
  Witness,
} from '../../lib/core/observation.ts';
import { LEASE_MS, type Pulse } from '../../lib/core/pulse.ts';

export const NOW = 1_800_000_000_000;

export function semiSync(changes: Partial<SemiSyncSource> = {}): SemiSyncSource {
  return {
    enabled: true,
    timeoutMs: 4_294_967_295,
    waitPoint: 'beforeCommit',
    waitsWithoutReplicas: true,
    requiredAcks: 1,
    connectedReplicas: 2,
    survivesRestart: true,
    ...changes,
  };
}

export function replica(changes: Partial<ReplicaStatus> = {}): ReplicaStatus {
  return {
    sourceHost: '10.0.1.11',
    sourcePort: 3306,
    receiver: 'connecting',
    applier: 'applying',
    received: '0-1-100',
    heartbeats: 7,
    lagSeconds: null,
    semiSync: true,
    filters: [],
    lastError: null,
    ...changes,
  };
}

export function server(changes: Partial<ServerObservation> = {}): ServerObservation {
  return {
    identity: '2',
    version: '10.11.19-MariaDB',
    uptimeSeconds: 86_400,
    readOnly: true,
    executed: '0-1-100',
    replica: replica(),
    semiSyncSource: semiSync({ enabled: false }),
    canBeSource: true,
    bootsReadOnly: true,
    epoch: 4,
    beatAtMs: null,
    ...changes,
  };
}

export function seen(nodeId: string, changes: Partial<ReplicaStatus> = {}): NodeObservation {
  return seenServer(nodeId, { replica: replica(changes) });
}

export function seenServer(nodeId: string, changes: Partial<ServerObservation>): NodeObservation {
  return { nodeId, atMs: NOW, reachable: true, server: server(changes) };
}

export function missing(nodeId: string): NodeObservation {
  return { nodeId, atMs: NOW, reachable: false, failure: 'timeout', detail: 'no answer within 2000 ms' };
}

export function witness(changes: Partial<Witness> = {}): Witness {
  return {
    nodeId: 'db-2',
    reachable: true,
    receiver: 'connecting',
    silentMs: 4_000,
    received: '0-1-100',
    heartbeats: 7,
    ...changes,
  };
}

/** A vote of `a`, `b` or `c`, each of which stands in the zone of that letter; `db-1` is in zone a. */
export function vote(monitor: string, changes: Partial<Vote> = {}): Vote {
  return {
    cluster: 'orders',
    monitor,
    availabilityZone: `eu-central-1${monitor}`,
    epoch: 4,
    primary: 'db-1',
    term: `${monitor}-1`,
    atMs: NOW,
    standsAtMs: changes.atMs ?? NOW,
    verdict: 'dead',
    failures: 3,
    failure: 'refused',
    sinceMs: NOW - 3_000,
    stalledSinceMs: null,
    refusedForMs: 3_000,
    atWork: { identity: '1', startedAtMs: NOW - 86_400_000 },
    seenAtMs: NOW - 4_000,
    identity: '1',
    semiSync: semiSync(),
    acknowledging: ['db-2', 'db-3'],
    bootsReadOnly: true,
    executed: '0-1-100',
    beatAtMs: null,
    witnesses: [witness({ nodeId: 'db-2' }), witness({ nodeId: 'db-3' })],
    ...changes,
  };
}

/** A pulse of `a`, `b` or `c` in shard 0, as it wrote it at `NOW`; its votes above are of the same term. */
export function pulse(monitor: string, changes: Partial<Pulse> = {}): Pulse {
  const atMs = changes.atMs ?? NOW;
  return {
    monitor,
    shard: 0,
    term: `${monitor}-1`,
    atMs,
    unwatched: [],
    untilMs: atMs + LEASE_MS,
    endsAtMs: NOW + 600_000,
    releasedAtMs: null,
    revision: 'r1',
    anchorMs: NOW - 60_000,
    relief: null,
    before: null,
    ...changes,
  };
}

/** Every order of a list. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

/** The smallest random values found for which a property is false, or null; `fc.pre` skips those it says nothing of. */
export function counterexample<Values extends [unknown, ...unknown[]]>(
  arbitraries: { [Key in keyof Values]: fc.Arbitrary<Values[Key]> },
  property: (...values: Values) => boolean,
): Values | null {
  const {
    counterexample: found,
    failed,
    errorInstance,
  } = fc.check(fc.property(...arbitraries, property), {
    numRuns: 300,
  });
  if (failed && found === null) throw new Error('the property could not be checked', { cause: errorInstance });
  return found;
}
