/**
 * The servers of a cluster together: who hears whom, and what comes of a commit.
 *
 * @module
 */
import type { Server } from './server.ts';
import { Transaction } from './transaction.ts';

export class Fleet {
  readonly servers: readonly Server[];
  /** Every commit that a client was told of. */
  readonly acknowledged: Transaction[] = [];
  /** Told of each commit that a client was told of, and of where. */
  onAcknowledged: (server: Server) => void = () => {};

  /** @param servers the first is the primary, and the others follow it */
  constructor(servers: readonly [Server, ...Server[]], semiSync: boolean) {
    this.servers = servers;
    const [primary, ...replicas] = servers;
    primary.readOnly = false;
    primary.semiSync = semiSync;
    for (const replica of replicas) replica.source = primary;
  }

  server(nodeId: string): Server {
    const server = this.servers.find((each) => each.node.id === nodeId);
    if (server === undefined) throw new Error(`there is no server ${nodeId}`);
    return server;
  }

  hearersOf(source: Server): Server[] {
    return this.servers.filter((each) => each.hears(source));
  }

  /** Whether a client that commits there now would be told so. */
  canAcknowledge(server: Server): boolean {
    if (!server.answers || server.readOnly || server.diskStalls) return false;
    return !server.semiSync || this.servers.some((each) => acknowledges(each, server));
  }

  /** A client's transaction. Nothing happens where none can be written. */
  commit(server: Server): void {
    if (!server.answers || server.readOnly || server.diskStalls) return;
    const transaction = this.append(server);
    if (server.semiSync) server.waiting.push(transaction);
    else this.#acknowledge(server, transaction);
    this.settle();
  }

  /** A transaction of the server itself. */
  append(server: Server, epoch?: number): Transaction {
    const written = epoch === undefined ? undefined : { epoch, by: server.identity };
    const transaction = new Transaction(server.executed, server.number, written);
    server.executed = transaction;
    if (server.source === null) server.received = transaction;
    return transaction;
  }

  /** Lets replicas receive what they can, and answers who waited for that. */
  settle(): void {
    // A replica of a replica receives after it: as many rounds as there can be links.
    for (const _ of this.servers) {
      for (const replica of this.servers) {
        const { source } = replica;
        if (source === null || !replica.hears(source)) continue;
        if (!source.executed.has(replica.received)) replica.broken = true;
        else replica.received = source.executed;
        if (replica.applyMs === 0) replica.applyWhatIsReceived();
      }
    }
    for (const server of this.servers) {
      if (server.waiting.length === 0 || !server.answers) continue;
      const held = this.servers.find((each) => acknowledges(each, server));
      if (held === undefined && server.semiSync) continue;
      for (const transaction of server.waiting) this.#acknowledge(server, transaction);
      server.waiting = [];
    }
  }

  #acknowledge(server: Server, transaction: Transaction): void {
    transaction.acknowledged = server.semiSync ? 'by a replica' : 'alone';
    this.acknowledged.push(transaction);
    this.onAcknowledged(server);
  }
}

function acknowledges(replica: Server, source: Server): boolean {
  return replica.semiSyncReplica && replica.hears(source) && source.executed.has(replica.received);
}
