/**
 * One connection on which nothing waits without an end. When a statement misses its deadline the socket is destroyed:
 * the answer is then never mistaken for that of another statement, and nothing queues up behind it.
 *
 * @module
 */
import { connect as connectSocket } from 'node:net';
import { createConnection, type Connection as DriverConnection } from 'mysql2';
import { DatabaseError } from '../../core/errors.ts';
import type { DatabaseTarget } from '../../ports/database.ts';
import { databaseError, endsConnection } from './failure.ts';

/** A row as text: positions, epochs and counters keep every digit. */
export type Row = Readonly<Record<string, string | null>>;

/** What a statement is given in place of `?`; escaped by the driver. */
export type Value = string | number | null;

const KEEPALIVE_DELAY_MS = 5_000;
/** How long a closed connection may still wait behind a statement. */
const GOODBYE_MS = 1_000;

export class Connection {
  readonly #driver: DriverConnection;
  readonly #target: DatabaseTarget;
  /** The server's id of this session, as its list of sessions shows it. */
  readonly sessionId: number;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
  #markEnded: () => void = () => {};
  #lost: DatabaseError | undefined;
  /** Statements under way. The driver forgets them when it is destroyed, so they are told here. */
  readonly #waiting = new Set<(why: DatabaseError) => void>();

  private constructor(driver: DriverConnection, target: DatabaseTarget) {
    this.#driver = driver;
    this.#target = target;
    this.sessionId = driver.threadId;
    this.ended = new Promise((resolve) => (this.#markEnded = resolve));
    // An idle connection hears of its end by these events only.
    driver.on('end', () => this.#lose(new DatabaseError('cut', `${nameOf(target)} closed the connection`)));
    driver.on('error', (error) => this.#lose(databaseError(error, `connection to ${nameOf(target)}`)));
  }

  /**
   * Connects and authenticates. Locks that the session asks for are given up by the server a little after our own
   * deadline, so that statements whose client is gone do not pile up there.
   *
   * @throws DatabaseError within `target.timeoutMs`
   */
  static async open(target: DatabaseTarget): Promise<Connection> {
    const deadline = performance.now() + target.timeoutMs;
    const connection = new Connection(await connect(target), target);
    const lockSeconds = Math.ceil(target.timeoutMs / 1_000) + 1;
    try {
      await connection.execute(
        `SET SESSION autocommit = 1, lock_wait_timeout = ${lockSeconds}, innodb_lock_wait_timeout = ${lockSeconds}`,
        [],
        Math.max(1, Math.ceil(deadline - performance.now())),
      );
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  /** @throws DatabaseError */
  async rows(sql: string, values: readonly Value[] = [], timeoutMs = this.#target.timeoutMs): Promise<readonly Row[]> {
    const result = await this.#run(sql, values, timeoutMs);
    // The type cast gives text or null for every column, and a statement that is no query gives a header.
    return Array.isArray(result) ? (result as Row[]) : [];
  }

  /** @throws DatabaseError */
  async execute(sql: string, values: readonly Value[] = [], timeoutMs = this.#target.timeoutMs): Promise<void> {
    await this.#run(sql, values, timeoutMs);
  }

  /** Ends the connection without waiting for the server. */
  close(): void {
    if (this.#lost === undefined) {
      // Says goodbye: a server logs every client that does not.
      this.#driver.end(() => this.#driver.destroy());
      setTimeout(() => this.#driver.destroy(), GOODBYE_MS).unref();
    }
    this.#lost ??= new DatabaseError('cut', `connection to ${nameOf(this.#target)} was closed; connect again`);
    this.#markEnded();
  }

  #run(sql: string, values: readonly Value[], timeoutMs: number): Promise<unknown> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const doing = `${nameOf(this.#target)}, ${abbreviate(sql)}`;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
      };
      const fail = (why: DatabaseError): void => {
        settle();
        reject(why);
      };
      const timer = setTimeout(
        () => this.#lose(new DatabaseError('timeout', `${doing}: no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      this.#waiting.add(fail);
      this.#driver.query({ sql, values: [...values] }, (error: unknown, result: unknown) => {
        if (error === null || error === undefined) {
          settle();
          return resolve(result);
        }
        const failed = this.#lost ?? databaseError(error, doing);
        if (endsConnection(failed.failure)) this.#lose(failed);
        else fail(failed);
      });
    });
  }

  #lose(why: DatabaseError): void {
    this.#lost ??= why;
    this.#driver.destroy();
    this.#markEnded();
    for (const fail of this.#waiting) fail(this.#lost);
  }
}

/**
 * The driver connects over a socket of ours, which tells a host that does not accept from a server that accepts and
 * then says nothing.
 */
function connect(target: DatabaseTarget): Promise<DriverConnection> {
  const doing = `connecting to ${nameOf(target)} as ${target.credentials.username}`;
  return new Promise((resolve, reject) => {
    let accepted = false;
    const socket = connectSocket({
      host: target.host,
      port: target.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEPALIVE_DELAY_MS,
    });
    socket.once('connect', () => (accepted = true));
    const driver = createConnection({
      stream: socket,
      user: target.credentials.username,
      password: target.credentials.password,
      // None of the driver's own: the timer below covers all of it, and knows how far it came.
      connectTimeout: 0,
      multipleStatements: false,
      charset: 'utf8mb4',
      typeCast: (field) => field.string('utf8'),
    });
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      driver.destroy();
      reject(databaseError(error, doing));
    };
    const timer = setTimeout(() => {
      const what = accepted ? 'accepted, but not answered,' : 'no answer';
      fail(new DatabaseError(accepted ? 'unanswered' : 'timeout', `${doing}: ${what} within ${target.timeoutMs} ms`));
    }, target.timeoutMs);
    // Kept for good: an error without a listener would end the process.
    driver.on('error', fail);
    driver.connect((error: unknown) => {
      if (error !== null && error !== undefined) return fail(error);
      clearTimeout(timer);
      resolve(driver);
    });
  });
}

function nameOf({ nodeId, host, port }: DatabaseTarget): string {
  return `${nodeId} (${host}:${port})`;
}

/** The beginning of a statement. Never its values: one is a password. */
function abbreviate(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
