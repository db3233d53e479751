/**
 * A connection of the adapter, as far as its procedures use one: each statement is a request of its own, so that a
 * procedure can be late, lost or ended between any two. What a statement does is done to the true server.
 *
 * A statement that reached a hung server is carried out when that goes on, though its client has long given up.
 *
 * @module
 */
import type { Connection, Row } from '../../../lib/adapters/mysql/connection.ts';
import { INSERT_EPOCH, SELECT_NEWEST_EPOCH } from '../../../lib/adapters/mysql/schema.ts';
import { DatabaseError } from '../../../lib/core/errors.ts';
import type { Invocation } from '../invocation.ts';
import { NO_ANSWER } from '../invocation.ts';
import type { Server } from '../world/server.ts';

type Effect<T> = () => T | typeof NO_ANSWER;

export class Session {
  readonly invocation: Invocation;
  readonly server: Server;
  readonly sessionId: number;
  readonly #patienceMs: number;
  readonly #generation: number;
  #isOpen = true;
  /** By whom it ended the server does nothing more of what it was sent. */
  #isKilled = false;
  /** Statements on their way. */
  #underWay = 0;

  constructor(invocation: Invocation, server: Server, patienceMs: number) {
    this.invocation = invocation;
    this.server = server;
    this.#patienceMs = patienceMs;
    this.#generation = server.generation;
    this.sessionId = server.sessions.length + 1;
    server.sessions.push(this);
  }

  /** Whether the server still has it: as long as its client does, or something is on its way. */
  get isKnownToServer(): boolean {
    return !this.#isKilled && this.#generation === this.server.generation && (this.#isOpen || this.#underWay > 0);
  }

  kill(): void {
    this.#isKilled = true;
  }

  /** As the adapter's procedures take it. They use nothing of it but `rows` and `execute`. */
  get connection(): Connection {
    return this as unknown as Connection;
  }

  static of(connection: Connection): Session {
    return connection as unknown as Session;
  }

  close(): void {
    this.#isOpen = false;
  }

  rows(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const { server } = this;
    switch (sql) {
      case 'SHOW PROCESSLIST':
        return this.ask('list sessions', () =>
          server.sessions
            .filter((each) => each.isKnownToServer)
            .map((each) => ({ Id: String(each.sessionId), User: 'operator', Command: 'Sleep', State: '' })),
        );
      case SELECT_NEWEST_EPOCH:
        return this.ask('newest epoch', () => [
          { epoch: String(server.executed.newest.epoch), identity: server.executed.newest.by },
        ]);
      case 'SELECT @@GLOBAL.source AS value':
        return this.ask('read semi-sync source', () => [{ value: server.semiSync ? '1' : '0' }]);
      case 'SELECT @@GLOBAL.replica AS value':
        return this.ask('read semi-sync replica', () => [{ value: server.semiSyncReplica ? '1' : '0' }]);
      default:
        throw new Error(`statement "${sql}" (${values.length} values) is unknown here; say what it does to a server`);
    }
  }

  async execute(sql: string, values: readonly unknown[] = []): Promise<void> {
    const { name, effect } = this.#statement(sql, values);
    await this.ask(name, effect);
  }

  /** One statement. */
  ask<T>(name: string, effect: Effect<T>): Promise<T> {
    const { server } = this;
    const where = `${server.node.id} ${name}`;
    if (!this.#isOpen) return Promise.reject(new DatabaseError('cut', `${where}: the connection is closed`));
    this.#underWay += 1;
    return this.invocation.call({
      name: where,
      patienceMs: this.#patienceMs,
      effect: () => {
        this.#underWay -= 1;
        if (!server.powered || this.invocation.world.isCut('steps', server.node.id)) return NO_ANSWER;
        if (this.#isKilled || server.generation !== this.#generation) {
          throw new DatabaseError('cut', `${where}: the connection was cut`);
        }
        if (server.process === 'hung') {
          this.#underWay += 1;
          server.queued.push(() => this.#carryOutLate(effect));
          return NO_ANSWER;
        }
        return this.#carryOut(effect);
      },
      failure: (what) => {
        // After an error on the way nothing more goes over this connection.
        this.#isOpen = false;
        return new DatabaseError('timeout', `${where} ${what}`);
      },
    });
  }

  /** Nobody hears what comes of it. */
  #carryOutLate(effect: Effect<unknown>): void {
    this.#underWay -= 1;
    if (this.#isKilled) return;
    try {
      this.#carryOut(effect);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
    }
  }

  #carryOut<T>(effect: Effect<T>): T | typeof NO_ANSWER {
    const outcome = effect();
    const { fleet, oracle } = this.invocation.world;
    fleet.settle();
    oracle.look();
    return outcome;
  }

  #statement(sql: string, values: readonly unknown[]): { name: string; effect: Effect<unknown> } {
    const { server, invocation } = this;
    const { oracle, cloud } = invocation.world;
    switch (sql) {
      case 'STOP REPLICA IO_THREAD':
        return {
          name: 'stop receiver',
          effect: () => {
            if (!server.receiverRuns || server.source === null) return;
            server.receiverRuns = false;
            oracle.effect('stopped the receiver', server, invocation);
          },
        };
      case 'STOP REPLICA':
        return {
          name: 'stop replica',
          effect: () => void Object.assign(server, { receiverRuns: false, applierRuns: false }),
        };
      case 'START REPLICA':
        return {
          name: 'start replica',
          effect: () => {
            Object.assign(server, { receiverRuns: true, applierRuns: true, broken: false });
            oracle.effect('repointed', server, invocation);
          },
        };
      case 'RESET REPLICA ALL':
        return {
          name: 'reset replica',
          effect: () => void Object.assign(server, { source: null, received: server.executed }),
        };
      case INSERT_EPOCH:
        return { name: 'write epoch', effect: () => this.#writeEpoch(Number(values[0])) };
      case 'close for writes':
        return {
          name: sql,
          effect: () => {
            // It waits for commits that are under way.
            if (server.waiting.length > 0) return NO_ANSWER;
            server.readOnly = true;
            return undefined;
          },
        };
      case 'open for writes':
        return {
          name: sql,
          effect: () => {
            const isOpen = !server.readOnly && oracle.promotions.get(invocation.epoch) === server;
            server.readOnly = false;
            if (!isOpen) oracle.effect('opened', server, invocation);
          },
        };
      case 'follow':
        return {
          name: sql,
          effect: () => {
            const source = cloud.at(String(values[0]));
            if (source === undefined) throw new DatabaseError('sql', `nobody has ${String(values[0])}`);
            Object.assign(server, { source, received: server.executed });
          },
        };
      default: {
        const killed = /^KILL CONNECTION (\d+)$/.exec(sql)?.[1];
        if (killed !== undefined) {
          return { name: 'end session', effect: () => server.sessions[Number(killed) - 1]?.kill() };
        }
        const set = /^SET GLOBAL (source|replica) = (ON|OFF)$/.exec(sql);
        if (set === null) throw new Error(`statement "${sql}" is unknown here; say what it does to a server`);
        const field = set[1] === 'source' ? 'semiSync' : 'semiSyncReplica';
        return { name: `semi-sync ${set[1]} ${set[2]}`, effect: () => void (server[field] = set[2] === 'ON') };
      }
    }
  }

  #writeEpoch(epoch: number): typeof NO_ANSWER | undefined {
    const { server, invocation } = this;
    const { fleet, oracle } = invocation.world;
    if (server.executed.newest.epoch === epoch) throw new DatabaseError('sql', `duplicate entry ${epoch}`);
    // Nobody sees a row for which a replica is waited.
    if (server.semiSync && !fleet.canAcknowledge(server)) return NO_ANSWER;
    fleet.append(server, epoch);
    if (!server.readOnly && server.source === null) oracle.effect('opened', server, invocation);
    return undefined;
  }
}
