/**
 * Many clusters whose servers are all well and answer at once: what monitors see while nothing happens.
 *
 * - The first node of each cluster is its primary, the others replicate from it and have heard it a moment ago.
 * - Nothing ends a connection but who made it. What steps would ask for is refused.
 *
 * @module
 */
import { parseConfig, type Config } from '../../lib/core/config.ts';
import type { ServerObservation } from '../../lib/core/observation.ts';
import { HEARTBEAT_PERIOD_MS } from '../../lib/core/veto.ts';
import type { Clock } from '../../lib/ports/cloud.ts';
import type { Databases, DatabaseServer } from '../../lib/ports/database.ts';
import { replica, semiSync, server } from '../core/examples.ts';
import { configInput } from './example-config.ts';

const NODES = [1, 2, 3] as const;
const addressOf = (cluster: number, node: number) => `10.${1 + (cluster >> 8)}.${cluster & 255}.1${node}`;

/** A deployment of so many clusters; all in one shard unless it is said otherwise. */
export function manyClusters(count: number, { intervalMs = 1_000, clustersPerShard = count } = {}): Config {
  const input = configInput();
  const like = input.clusters[0];
  if (like === undefined) throw new Error('the example has a cluster');
  return parseConfig({
    ...input,
    monitoring: { clustersPerShard },
    clusters: Array.from({ length: count }, (_, cluster) => ({
      ...like,
      detection: { intervalMs },
      id: `cluster-${cluster}`,
      nodes: NODES.map((node) => ({
        ...like.nodes[0],
        id: `db-${node}`,
        address: addressOf(cluster, node),
        instanceId: `i-${cluster}x${node}`,
        networkInterfaceId: `eni-${cluster}x${node}`,
      })),
      route: { type: 'secondaryPrivateIp', address: addressOf(cluster, 9) },
      dns: { hostedZoneId: 'Z1', recordName: `cluster-${cluster}.db.example.internal` },
    })),
  });
}

/** @param onBeat told of each heartbeat, by the address of the primary */
export function wellFleet(clock: Clock, onBeat: (address: string) => void): Databases {
  return {
    async connect({ nodeId, host }) {
      const isPrimary = nodeId === 'db-1';
      const source = host.replace(/\d$/, '1');
      const observation = (): ServerObservation => {
        const heartbeats = Math.floor(clock.now() / HEARTBEAT_PERIOD_MS);
        return isPrimary
          ? server({ identity: host, readOnly: false, replica: null, semiSyncSource: semiSync(), epoch: 1 })
          : server({
              identity: host,
              replica: replica({ sourceHost: source, receiver: 'receiving', heartbeats }),
              epoch: 1,
            });
      };
      const refuse = () => Promise.reject(new Error('nobody asks that of a server that is well'));
      const connected: DatabaseServer = {
        nodeId,
        sessionId: 1,
        ended: new Promise(() => {}),
        observe: async () => observation(),
        beat: async () => onBeat(host),
        isBusy: async () => false,
        beatsUnderWay: async () => 0,
        endReads: async () => {},
        stopReceiving: refuse,
        applyReceived: refuse,
        promote: refuse,
        demote: refuse,
        replicateFrom: refuse,
        makeBootReadOnly: refuse,
        close: async () => {},
      };
      return connected;
    },
  };
}
