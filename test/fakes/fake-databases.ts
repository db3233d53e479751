/**
 * `Databases` over fake servers, as each viewer sees them. A viewer is whoever connects: a monitor, or `steps`.
 *
 * - A host is looked up when connecting: a node's own address, or the VIP where the network has it then.
 * - Connecting: refused by a host without a process; accepted but unanswered within the timeout by a server that hangs;
 *   no answer within the timeout from a host that is off, isolated, or cut off from this viewer, and from an address
 *   that nobody has.
 * - A kept connection lives on when the server hangs or is cut off, and each call on it then times out. It ends when the
 *   process dies; isolation alone does not end it.
 * - A beat is a commit. One that nobody acknowledges, or that hangs with its server or in the network, waits until it is
 *   acknowledged, or got through, or its connection ends.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import { DatabaseError } from '../../lib/core/errors.ts';
import type { Databases, DatabaseServer, DatabaseTarget } from '../../lib/ports/database.ts';
import { FakeServer } from './fake-server.ts';
import type { FakeNetwork } from './fake-network.ts';
import type { VirtualClock } from './virtual-clock.ts';

interface Connection {
  readonly viewer: string;
  readonly server: FakeServer;
  readonly sessionId: number;
  /** It has a beat on its way. */
  busy: boolean;
  alive: boolean;
  readonly ended: Promise<void>;
  end(): void;
}

const LOOK_EVERY_MS = 100;

export class FakeFleet {
  readonly servers: ReadonlyMap<string, FakeServer>;
  readonly #connections = new Set<Connection>();
  readonly #cuts = new Set<string>();
  #sessions = 0;
  readonly #network: FakeNetwork;
  readonly #clock: VirtualClock;

  /** The first node is the primary, with semi-sync; the others replicate from it. */
  constructor(cluster: ClusterConfig, network: FakeNetwork, effects: string[], clock: VirtualClock) {
    this.#network = network;
    this.#clock = clock;
    this.servers = new Map(cluster.nodes.map((node) => [node.id, new FakeServer(node, effects, () => clock.now())]));
    const [primary, ...replicas] = this.servers.values();
    if (primary === undefined) throw new Error('a cluster has servers');
    Object.assign(primary, { readOnly: false, semiSync: true, writers: 3 });
    for (const replica of replicas) replica.follow(primary);
  }

  server(nodeId: string): FakeServer {
    const server = this.servers.get(nodeId);
    if (server === undefined) throw new Error(`there is no server ${nodeId}`);
    return server;
  }

  /** The process dies (`down`), the host is lost (`off`), or the server hangs. */
  fail(nodeId: string, condition: 'down' | 'off' | 'hung'): void {
    this.server(nodeId).condition = condition;
    if (condition !== 'down') return;
    for (const connection of this.#connections) if (connection.server.node.id === nodeId) connection.end();
  }

  /** Nothing gets through between a viewer and a server, in silence. */
  cut(viewer: string, nodeId: string): void {
    this.#cuts.add(`${viewer} ${nodeId}`);
  }

  mend(viewer: string, nodeId: string): void {
    this.#cuts.delete(`${viewer} ${nodeId}`);
  }

  /** Connections that a viewer has open to a server. */
  connectionsOf(viewer: string, nodeId: string): number {
    return [...this.#connections].filter((each) => each.viewer === viewer && each.server.node.id === nodeId).length;
  }

  seenFrom(viewer: string): Databases {
    return {
      connect: async (target) => {
        const server = [...this.servers.values()].find((each) => this.#network.hasAddress(each.node, target.host));
        const { condition } = server ?? { condition: 'off' };
        if (condition === 'down') throw new DatabaseError('refused', `${target.host} refused the connection`);
        const reachable = server !== undefined && condition !== 'off' && !this.#network.isIsolated(server.node);
        if (!reachable || this.#isCut(viewer, server)) throw await this.#timeout(target);
        if (condition === 'hung') throw await this.#timeout(target, 'unanswered');
        return this.#connection(viewer, server, target);
      },
    };
  }

  /** Waits until something holds, looking now and then, as long as the connection lives. */
  async #until(connection: Connection, holds: () => boolean): Promise<void> {
    for (;;) {
      if (!connection.alive) throw new DatabaseError('cut', `the connection to ${connection.server.node.id} was cut`);
      if (holds()) return;
      await Promise.race([this.#clock.sleep(LOOK_EVERY_MS), connection.ended]);
    }
  }

  #isCut(viewer: string, server: FakeServer): boolean {
    return this.#cuts.has(`${viewer} ${server.node.id}`);
  }

  async #timeout(
    { host, timeoutMs }: DatabaseTarget,
    failure: 'timeout' | 'unanswered' = 'timeout',
  ): Promise<DatabaseError> {
    await this.#clock.sleep(timeoutMs);
    return new DatabaseError(failure, `no answer from ${host} within ${timeoutMs} ms`);
  }

  #connection(viewer: string, server: FakeServer, target: DatabaseTarget): DatabaseServer {
    let resolveEnded = () => {};
    const ended = new Promise<void>((resolve) => (resolveEnded = resolve));
    const connection: Connection = {
      viewer,
      server,
      sessionId: (this.#sessions += 1),
      busy: false,
      alive: true,
      ended,
      end: () => {
        connection.alive = false;
        this.#connections.delete(connection);
        resolveEnded();
      },
    };
    this.#connections.add(connection);
    const call = async <T>(action: () => T): Promise<T> => {
      if (!connection.alive) throw new DatabaseError('cut', `the connection to ${target.host} was cut`);
      if (server.condition !== 'up' || this.#isCut(viewer, server)) throw await this.#timeout(target);
      return action();
    };

    return {
      nodeId: target.nodeId,
      ended,
      observe: () => call(() => server.observe()),
      sessionId: connection.sessionId,
      beat: async ({ writtenAtMs }) => {
        connection.busy = true;
        try {
          await this.#until(
            connection,
            () => server.condition === 'up' && !server.diskStalls && !this.#isCut(viewer, server),
          );
          if (!server.commit(writtenAtMs)) await this.#until(connection, () => server.isHeard);
        } finally {
          connection.busy = false;
        }
      },
      isBusy: (sessionId) =>
        call(() => [...this.#connections].some((each) => each.sessionId === sessionId && each.busy)),
      // One that ended takes its beat with it here.
      beatsUnderWay: () => call(() => 0),
      endReads: () => call(() => {}),
      stopReceiving: (from) => call(() => server.stopReceiving(from)),
      applyReceived: async (withinMs) => {
        const isDone = await call(() => server.applierRuns && server.applyMs <= withinMs);
        await this.#clock.sleep(Math.min(server.applyMs, withinMs));
        if (isDone) server.apply();
        return isDone;
      },
      promote: ({ epoch, semiSync }) => call(() => server.promote(epoch, semiSync)),
      demote: () => call(() => server.demote()),
      makeBootReadOnly: () => call(() => server.bootsReadOnly),
      replicateFrom: (source) =>
        call(() => {
          const followed = [...this.servers.values()].find((each) => each.node.address === source.host);
          if (followed === undefined) throw new DatabaseError('sql', `nobody has ${source.host}`);
          server.replicateFrom(followed);
        }),
      close: async () => connection.end(),
    };
  }
}
