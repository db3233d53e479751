/**
 * One connection on which nothing waits without an end, but for who asks for that. When a statement misses its deadline the socket is destroyed:
 * the answer is then never mistaken for that of another statement, and nothing queues up behind it.
 *
 * @module
 */
import type { Connection as DriverConnection } from 'mysql2';
import { DatabaseError } from '../../core/errors.ts';
import type { DatabaseTarget } from '../../ports/database.ts';
import { connect, nameOf } from './connect.ts';
import { databaseError, endsConnection } from './failure.ts';
import { reuseColumns } from './known-columns.ts';

/** A row as text: positions, epochs and counters keep every digit. */
export type Row = Readonly<Record<string, string | null>>;

/** What a statement is given in place of `?`; escaped by the driver. */
export type Value = string | number | null;

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
   * @throws DatabaseError within `target.connectTimeoutMs`, besides the wait for its turn (connect.ts)
   */
  static async open(target: DatabaseTarget): Promise<Connection> {
    const { connectTimeoutMs = target.timeoutMs } = target;
    const { driver, leftMs } = await connect(target, connectTimeoutMs);
    const connection = new Connection(driver, target);
    const lockSeconds = Math.ceil(target.timeoutMs / 1_000) + 1;
    try {
      await connection.execute(
        `SET SESSION autocommit = 1, lock_wait_timeout = ${lockSeconds}, innodb_lock_wait_timeout = ${lockSeconds}`,
        [],
        leftMs,
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
    // A statement that is no query gives a header.
    return Array.isArray(result) ? (result as DriverRow[]).map(asText) : [];
  }

  /** @throws DatabaseError */
  async execute(sql: string, values: readonly Value[] = [], timeoutMs = this.#target.timeoutMs): Promise<void> {
    await this.#run(sql, values, timeoutMs);
  }

  /**
   * As long as it takes: resolves when the server has done it, rejects when it refuses or the connection ends. The one
   * thing here without a deadline, for who has one and does not want to lose the connection by it.
   *
   * @throws DatabaseError
   */
  async executeWithoutDeadline(sql: string, values: readonly Value[]): Promise<void> {
    await this.#run(sql, values, null);
  }

  /** Ends the connection without waiting for the server. */
  close(): void {
    const closed = new DatabaseError('cut', `connection to ${nameOf(this.#target)} was closed; connect again`);
    // The server has not ended what waits: a goodbye would wait behind it.
    if (this.#waiting.size > 0) this.#lose(closed);
    if (this.#lost === undefined) {
      // Says goodbye: a server logs every client that does not.
      this.#driver.end(() => this.#driver.destroy());
      setTimeout(() => this.#driver.destroy(), GOODBYE_MS).unref();
    }
    this.#lost ??= closed;
    this.#markEnded();
  }

  #run(sql: string, values: readonly Value[], timeoutMs: number | null): Promise<unknown> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    // Put together only for an error: it would be a good part of what a statement costs.
    const doing = () => `${nameOf(this.#target)}, ${abbreviate(sql)}`;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
      };
      const fail = (why: DatabaseError): void => {
        settle();
        reject(why);
      };
      const giveUp = () => this.#lose(new DatabaseError('timeout', `${doing()}: no answer within ${timeoutMs} ms`));
      const timer = timeoutMs === null ? undefined : setTimeout(giveUp, timeoutMs);
      this.#waiting.add(fail);
      const query = this.#driver.query(
        // With null the driver looks for no place to put a value in; it reads a statement letter by letter for that.
        { sql, values: values.length === 0 ? null : [...values] },
        (error: unknown, result: unknown) => {
          if (error === null || error === undefined) {
            settle();
            return resolve(result);
          }
          const failed = this.#lost ?? databaseError(error, doing());
          if (endsConnection(failed.failure)) this.#lose(failed);
          else fail(failed);
        },
      );
      reuseColumns(query, sql);
    });
  }

  #lose(why: DatabaseError): void {
    this.#lost ??= why;
    this.#driver.destroy();
    this.#markEnded();
    for (const fail of this.#waiting) fail(this.#lost);
  }
}

type DriverRow = Readonly<Record<string, string | number | Buffer | null>>;

function asText(row: DriverRow): Row {
  const text: Record<string, string | null> = {};
  for (const name in row) {
    const value = row[name];
    text[name] = value === null || value === undefined ? null : typeof value === 'string' ? value : value.toString();
  }
  return text;
}

/** The beginning of a statement. Never its values: one is a password. */
function abbreviate(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
