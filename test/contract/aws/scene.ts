/**
 * @module What the claims need to be there, made by the wire on first use, and taken away at the end.
 *
 * Guarantees: `close()` tries to delete all that was made, the latest first, and says what it could not.
 */
import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { type Clients, clientsOf } from './clients.ts';
import type { AwsEndpoint } from './endpoint.ts';
import { type Network, openNetwork } from './fixtures/network.ts';
import { type Machine, openMachine, openProber, type Prober } from './fixtures/workflow.ts';
import { openRole } from './fixtures/role.ts';
import { openTable } from './fixtures/table.ts';

export class Scene {
  readonly endpoint: AwsEndpoint;
  readonly clients: Clients;
  private readonly made = new Map<string, Promise<unknown>>();
  private readonly undo: { readonly what: string; readonly run: () => Promise<unknown> }[] = [];

  constructor(endpoint: AwsEndpoint) {
    this.endpoint = endpoint;
    this.clients = clientsOf(endpoint);
  }

  /** A VPC with two subnets, and groups in it. */
  network(): Promise<Network> {
    return this.once('network', () => openNetwork(this));
  }

  /** The name of a table with the string keys `pk` and `sk`. */
  table(): Promise<string> {
    return this.once('table', () => openTable(this));
  }

  /** The ARN of a role that the services may assume, and that may do all of the suite. */
  role(): Promise<string> {
    return this.once('role', () => openRole(this));
  }

  /** A function that does what its event's `do` says. */
  prober(): Promise<Prober> {
    return this.once('prober', () => openProber(this));
  }

  /** A state machine that gives its input back, without asking anybody. */
  echo(): Promise<Machine> {
    return this.once('echo', () =>
      openMachine(this, { Echo: { Type: 'Pass', Output: { echo: '{% $states.input %}' }, End: true } }),
    );
  }

  /** A state machine that waits for as many seconds as its input says. */
  waiter(): Promise<Machine> {
    return this.once('waiter', () =>
      openMachine(this, { Wait: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', End: true } }),
    );
  }

  /** A name that nobody else uses. */
  name(prefix: string): string {
    return `${prefix}-${randomUUID().slice(0, 8)}`;
  }

  /** Remembers how to take away what was made. */
  onClose(what: string, run: () => Promise<unknown>): void {
    this.undo.push({ what, run });
  }

  /** Waits for what the endpoint does asynchronously. @throws what the check threw last */
  eventually<T>(check: () => Promise<T>): Promise<T> {
    return vi.waitFor(check, { timeout: this.endpoint.patienceMs, interval: this.endpoint.patienceMs / 200 });
  }

  /** @returns what could not be deleted, and why */
  async close(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const { what, run } of this.undo.toReversed()) {
      await run().catch((error: unknown) => {
        // A claim may have deleted it already.
        if (!/NotFound|NoSuch|DoesNotExist/.test(String(error))) left.push(`${what}: ${String(error)}`);
      });
    }
    for (const client of Object.values(this.clients)) client.destroy();
    return left;
  }

  private once<T>(what: string, make: () => Promise<T>): Promise<T> {
    const made = (this.made.get(what) as Promise<T> | undefined) ?? make();
    this.made.set(what, made);
    return made;
  }
}
