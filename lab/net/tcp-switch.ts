/**
 * Carries TCP connections from an address that clients use to the one that a server really has, and decides with each
 * piece of data whether it still may: the wire of a network that has no wires.
 *
 * It can't keep a client from connecting: where a packet would vanish, the connection opens and nothing comes.
 *
 * @module
 */
import { type Server, type Socket, createConnection, createServer } from 'node:net';

/**
 * What becomes of a new connection, or of data on one that is open.
 *
 * - `deliver`: it goes to the same port of this address. `mayPass` is asked with each piece of data, in either direction.
 * - `vanish`: nobody hears it, and nobody says so.
 * - `refuse`: the one who has the address says that there is no such connection.
 */
export type Fate =
  | { readonly kind: 'deliver'; readonly host: string; readonly mayPass: () => Fate['kind'] }
  | { readonly kind: 'vanish' }
  | { readonly kind: 'refuse' };

export interface Routing {
  /** Asked when a client connects. */
  admit(address: string, port: number): Fate;
}

export class TcpSwitch {
  readonly #routing: Routing;
  readonly #servers = new Map<string, Server>();
  readonly #sockets = new Set<Socket>();
  /** Continuations of connections whose wire is silent, asked again when the routing has changed. */
  #waiting: (() => void)[] = [];

  constructor(routing: Routing) {
    this.#routing = routing;
  }

  /** Takes clients at `address:port` from now on. Idempotent. */
  async open(address: string, port: number): Promise<void> {
    const key = `${address}:${port}`;
    if (this.#servers.has(key)) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client, address, port),
    );
    this.#servers.set(key, server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        this.#servers.delete(key);
        reject(new Error(`the lab can't listen at ${key}; end the program that does (${error.message})`));
      });
      server.listen({ host: address, port }, resolve);
    });
  }

  /** Must be called after each change of the routing: what waited on a silent wire goes on, or is told. */
  routingChanged(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const goOn of waiting) goOn();
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#servers.clear();
    this.#waiting = [];
  }

  #accept(client: Socket, address: string, port: number): void {
    this.#keep(client);
    const fate = this.#routing.admit(address, port);
    if (fate.kind === 'refuse') client.resetAndDestroy();
    // Held for good: a client that was not let in never is, not even when the rules change.
    if (fate.kind !== 'deliver') return;
    const server = createConnection({ host: fate.host, port, allowHalfOpen: true, noDelay: true });
    this.#keep(server);
    this.#forward(client, server, fate.mayPass);
    this.#forward(server, client, fate.mayPass);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Data, the end and the breaking of a connection are all news, and none of them passes a silent wire. */
  #forward(from: Socket, to: Socket, mayPass: () => Fate['kind']): void {
    const pass = (news: () => void): void => {
      const fate = mayPass();
      if (fate === 'deliver') return news();
      if (fate === 'refuse') {
        from.resetAndDestroy();
        to.destroy();
        return;
      }
      from.pause();
      this.#waiting.push(() => {
        from.resume();
        pass(news);
      });
    };
    from.on('data', (chunk) =>
      pass(() => {
        if (to.write(chunk)) return;
        from.pause();
        to.once('drain', () => from.resume());
      }),
    );
    from.on('end', () => pass(() => to.end()));
    from.on('error', () => pass(() => to.resetAndDestroy()));
  }
}
