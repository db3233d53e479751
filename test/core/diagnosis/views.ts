/**
 * A view in which all is well, of `db-1` as the primary in epoch 4; a test says only what differs.
 *
 * @module
 */
import type { ClusterView } from '../../../lib/core/diagnosis/view.ts';
import type { ReplicaStatus, ServerObservation, Vote } from '../../../lib/core/observation.ts';
import { firstState, type ClusterState } from '../../../lib/core/state.ts';
import type { Standing } from '../../../lib/core/verdict.ts';
import { exampleConfig } from '../../fakes/example-config.ts';
import { NOW, replica, seenServer, semiSync, server, vote, witness } from '../examples.ts';

export const config = exampleConfig();
export const cluster = config.clusters[0]!;

export const ALIVE: Standing = { verdict: 'alive', failures: 0, failure: null, sinceMs: null, stall: null };
export const DEAD: Standing = {
  verdict: 'dead',
  failures: 3,
  failure: 'timeout',
  sinceMs: NOW - 3_000,
  stall: null,
};

export function record(changes: Partial<ClusterState> = {}): ClusterState {
  return { ...firstState('orders', 'db-1'), epoch: 4, ...changes };
}

/** The primary as it answers. */
export function primary(changes: Partial<ServerObservation> = {}): ServerObservation {
  return server({ identity: '1', readOnly: false, replica: null, semiSyncSource: semiSync(), ...changes });
}

/** A replica that follows it; `db-2` is server 2, and so on. */
export function follower(
  nodeId: string,
  changes: Partial<ServerObservation> = {},
  status: Partial<ReplicaStatus> = {},
): ServerObservation {
  return server({
    identity: nodeId.slice(3),
    replica: replica({ receiver: 'receiving', lagSeconds: 0, ...status }),
    ...changes,
  });
}

const ALIVE_VOTE = { failures: 0, failure: null, sinceMs: null } as const;

/** Votes of those three monitors, as each sees the primary. */
export function votes(verdict: Vote['verdict'], ...monitors: readonly string[]): readonly Vote[] {
  const hears = verdict !== 'dead';
  const witnesses = ['db-2', 'db-3'].map((nodeId) =>
    witness({ nodeId, ...(hears ? { receiver: 'receiving', silentMs: 0 } : {}) }),
  );
  return monitors.map((monitor) => vote(monitor, { verdict, witnesses, ...(verdict === 'alive' ? ALIVE_VOTE : {}) }));
}

export type Servers = Readonly<Record<string, ServerObservation>>;

export const SERVERS: Servers = { 'db-1': primary(), 'db-2': follower('db-2'), 'db-3': follower('db-3') };

/** Observations of these servers, all just now. */
export function looks(servers: Servers): ClusterView['observations'] {
  return Object.entries(servers).map(([nodeId, each]) => seenServer(nodeId, each));
}

export function healthy(changes: Partial<ClusterView> = {}): ClusterView {
  return {
    cluster,
    monitors: config.monitors,
    self: 'b',
    record: record(),
    holderRuns: null,
    votes: votes('alive', 'a', 'b', 'c'),
    standing: ALIVE,
    write: 'ok',
    observations: looks(SERVERS),
    identities: { 'db-1': '1', 'db-2': '2', 'db-3': '3' },
    instances: { 'db-1': 16, 'db-2': 16, 'db-3': 16 },
    route: { addressAt: 'db-1', recordHolds: '10.0.1.100' },
    nowMs: NOW,
    ...changes,
  };
}
