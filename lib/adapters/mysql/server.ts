/**
 * A database server over one kept connection and the words of its engine.
 *
 * @module
 */
import { DatabaseError } from '../../core/errors.ts';
import type { BootsReadOnly } from '../../core/boots-read-only.ts';
import type { ReplicaStatus, ServerObservation } from '../../core/observation.ts';
import type { DatabaseServer, DatabaseTarget, Demotion, Heartbeat, ReplicationSource } from '../../ports/database.ts';
import { Connection } from './connection.ts';
import { demote } from './demote.ts';
import type { Dialect } from './dialect.ts';
import { endRivals } from './end-rivals.ts';
import { promote } from './promote.ts';
import { replicateFrom } from './replicate.ts';
import { INSERT_BEAT, isBeatOf } from './schema.ts';
import { clientSessions, killSession } from './sessions.ts';
import { stopReceiver } from './stop-receiver.ts';

/** Enough that clients who keep trying do not take them all at once. */
const EXTRA_CONNECTIONS = 100;

export class MysqlServer implements DatabaseServer {
  readonly #connection: Connection;
  readonly #dialect: Dialect;
  readonly #target: DatabaseTarget;

  constructor(connection: Connection, dialect: Dialect, target: DatabaseTarget) {
    this.#connection = connection;
    this.#dialect = dialect;
    this.#target = target;
  }

  get nodeId(): string {
    return this.#target.nodeId;
  }

  get sessionId(): number {
    return this.#connection.sessionId;
  }

  get ended(): Promise<void> {
    return this.#connection.ended;
  }

  observe(): Promise<ServerObservation> {
    return this.#dialect.observe(this.#connection);
  }

  async beat({ monitor, epoch, sequence, writtenAtMs }: Heartbeat): Promise<void> {
    const changing = [epoch, writtenAtMs, sequence];
    await this.#connection.executeWithoutDeadline(INSERT_BEAT, [monitor, ...changing, ...changing]);
  }

  async isBusy(sessionId: number): Promise<boolean> {
    const session = (await clientSessions(this.#connection)).find((each) => each.id === sessionId);
    return session !== undefined && !session.asleep && !session.killed;
  }

  async beatsUnderWay(monitor: string): Promise<number> {
    const sessions = await clientSessions(this.#connection);
    return sessions.filter(({ statement }) => isBeatOf(monitor, statement)).length;
  }

  async endReads(sessionIds: readonly number[]): Promise<void> {
    const sessions = await clientSessions(this.#connection);
    // A number may be another session's by now, as after a restart: what it does is looked at, too. One that commits
    // must never be ended (sessions.ts).
    const reading = sessions.filter((session) => sessionIds.includes(session.id) && session.reads && !session.killed);
    for (const session of reading) await killSession(this.#connection, session.id);
  }

  async stopReceiving(from: string): Promise<ReplicaStatus | null> {
    await endRivals(this.#connection);
    const before = await this.#dialect.replicaStatus(this.#connection);
    if (before?.sourceHost !== from) return before;
    await stopReceiver(this.#connection);
    return await this.#dialect.replicaStatus(this.#connection);
  }

  async applyReceived(withinMs: number): Promise<boolean> {
    const status = await this.#dialect.replicaStatus(this.#connection);
    return status === null || (await this.#dialect.waitApplied(this.#connection, status.received, withinMs));
  }

  async promote(options: { readonly epoch: number; readonly semiSync: boolean }): Promise<ServerObservation> {
    await endRivals(this.#connection);
    return await promote(this.#connection, this.#dialect, options, () => this.demote());
  }

  /** Leaves rivals alone: one that is half-way through has semi-sync off behind a lock that would go with it. */
  async demote(): Promise<Demotion> {
    const fence = await this.#connectAgain();
    try {
      return await demote(fence, this.#connection, this.#dialect);
    } finally {
      fence.close();
    }
  }

  async replicateFrom(source: ReplicationSource): Promise<void> {
    await endRivals(this.#connection);
    await replicateFrom(this.#connection, this.#dialect, source, this.#target.timeoutMs);
  }

  async makeBootReadOnly(): Promise<BootsReadOnly> {
    if (this.#dialect.bootReadOnly !== null) await this.#connection.execute(this.#dialect.bootReadOnly);
    return (await this.#dialect.observe(this.#connection)).bootsReadOnly;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /**
   * Both engines keep one connection in reserve for administrators, and ours may be it. Then room is made for a moment:
   * ending sessions would not help, for those that hang in semi-sync keep their places.
   */
  async #connectAgain(): Promise<Connection> {
    try {
      return await Connection.open(this.#target);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.failure !== 'exhausted') throw error;
    }
    const [row] = await this.#connection.rows('SELECT @@GLOBAL.max_connections AS most');
    const most = Number(row?.['most']);
    await this.#connection.execute(`SET GLOBAL max_connections = ${most + EXTRA_CONNECTIONS}`);
    try {
      return await Connection.open(this.#target);
    } finally {
      await this.#connection.execute(`SET GLOBAL max_connections = ${most}`);
    }
  }
}
