/**
 * The three servers as they are at an instant: a primary with semi-sync, and two replicas that acknowledge to it.
 *
 * @module
 */
import { DatabaseError } from '../../lib/core/errors.ts';
import type { ReplicaStatus, ServerObservation } from '../../lib/core/observation.ts';
import type { WorldClock } from './clock.ts';
import type { Network } from './network.ts';
import { NODES, PRIMARY, type NodeId } from './script.ts';
import { ReplicaStream } from './stream.ts';

/** A server that ran before the script began is as old as this. */
const OLD_SECONDS = 86_400;
/** How often a commit that no replica can acknowledge looks whether one is back, in milliseconds. */
const LOOK_EVERY_MS = 250;
/** What matters of positions here is only whether a replica hears anything, and that its heartbeats tell. */
const POSITION = '0-1-100';

export class Servers {
  readonly #network: Network;
  readonly #clock: WorldClock;
  readonly #startMs: number;
  readonly #primaryAddress: string;
  readonly #streams: ReadonlyMap<NodeId, ReplicaStream>;

  constructor(network: Network, clock: WorldClock, primaryAddress: string) {
    this.#network = network;
    this.#clock = clock;
    this.#startMs = clock.nowMs;
    this.#primaryAddress = primaryAddress;
    this.#streams = new Map(
      NODES.filter((id) => id !== PRIMARY).map((id) => [id, new ReplicaStream(id, network, clock.nowMs)]),
    );
  }

  /** What a server that runs says of itself now. */
  observe(node: NodeId): ServerObservation {
    const { nowMs } = this.#clock;
    const startedAtMs = this.#network.conditions.startedAtMs(node, nowMs) ?? this.#startMs - OLD_SECONDS * 1_000;
    const isRestarted = startedAtMs > this.#startMs;
    const isPrimary = node === PRIMARY;
    const connectedReplicas = [...this.#streams.values()].filter(
      (stream) => stream.at(nowMs).connection !== null,
    ).length;
    return {
      identity: node.replace(/\D/g, ''),
      version: '10.11.19-MariaDB',
      uptimeSeconds: Math.floor((nowMs - startedAtMs) / 1_000),
      // It boots read-only, and nobody but a change opens it again.
      readOnly: !isPrimary || isRestarted,
      executed: POSITION,
      replica: isPrimary ? null : this.#statusOf(node),
      semiSyncSource: {
        enabled: isPrimary && !isRestarted,
        timeoutMs: 4_294_967_295,
        waitPoint: 'beforeCommit',
        waitsWithoutReplicas: true,
        requiredAcks: 1,
        connectedReplicas: isPrimary ? connectedReplicas : 0,
        survivesRestart: true,
      },
      canBeSource: true,
      bootsReadOnly: true,
      epoch: 1,
      beatAtMs: null,
    };
  }

  /** Ends when a heartbeat is on the primary's disk and a replica has acknowledged it, or never. */
  async commit(node: NodeId): Promise<void> {
    const { conditions } = this.#network;
    if (this.observe(node).readOnly) throw new DatabaseError('read-only', `${node} is read-only`);
    await this.#clock.until(conditions.diskWrites(this.#clock.nowMs));
    /** Over which connection each replica was sent it, and when its acknowledgement is there. */
    const sent = new Map<NodeId, { readonly connection: number; readonly backMs: number }>();
    for (;;) {
      const { nowMs } = this.#clock;
      for (const [id, stream] of this.#streams) {
        const { connection } = stream.at(nowMs);
        const before = sent.get(id);
        if (connection === before?.connection) {
          if (before !== undefined && before.backMs <= nowMs) return;
        } else if (connection === null) sent.delete(id);
        // What was under way over the connection before is lost; it is sent again over this one.
        else sent.set(id, { connection, backMs: this.#roundTrip(id, nowMs) });
      }
      const backMs = Math.min(...[...sent.values()].map((each) => each.backMs), nowMs + LOOK_EVERY_MS);
      await this.#clock.until(backMs);
      if (backMs <= nowMs) return;
    }
  }

  #roundTrip(replica: NodeId, atMs: number): number {
    const { conditions } = this.#network;
    const there = conditions.thaws(replica, this.#network.arrival(PRIMARY, replica, atMs));
    return conditions.thaws(PRIMARY, this.#network.arrival(replica, PRIMARY, there));
  }

  #statusOf(node: NodeId): ReplicaStatus | null {
    const stream = this.#streams.get(node);
    if (stream === undefined) return null;
    const { heard, connection } = stream.at(this.#clock.nowMs);
    const connected = connection !== null;
    return {
      sourceHost: this.#primaryAddress,
      sourcePort: 3306,
      receiver: connected ? 'receiving' : 'connecting',
      applier: 'applying',
      received: POSITION,
      heartbeats: heard,
      lagSeconds: connected ? 0 : null,
      semiSync: connected,
      filters: [],
      lastError: null,
    };
  }
}
