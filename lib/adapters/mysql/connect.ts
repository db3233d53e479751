/**
 * Connects and authenticates, within one deadline.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { createConnection, type Connection as DriverConnection } from 'mysql2';
import { DatabaseError } from '../../core/errors.ts';
import type { DatabaseTarget } from '../../ports/database.ts';
import { databaseError } from './failure.ts';
import { turns } from './handshake-turns.ts';
import { reach, silenceOf } from './reach.ts';
import { secure } from './secure.ts';

/** With TLS a login costs the processor a millisecond or two: they come to less than a tick of the metronome of rounds. */
const LOGINS_AT_ONCE = 32;
/** A server in the same region is done in a hundredth of this, in milliseconds. */
const LOGIN_HELD_MS = 500;
const logins = turns(LOGINS_AT_ONCE, LOGIN_HELD_MS);

const NO_TLS = 'the server speaks no TLS; give it a certificate, or set tls.mode to off';

/** How messages name a server. */
export function nameOf({ nodeId, host, port }: DatabaseTarget): string {
  return `${nodeId} (${host}:${port})`;
}

export interface Connected {
  readonly driver: DriverConnection;
  /** What is left of the time that it had, in milliseconds, at least 1. */
  readonly leftMs: number;
}

/**
 * While it waits for its turn to log in, which depends on this process and not on the server, no time passes.
 *
 * @throws DatabaseError within `timeoutMs` and that
 */
export async function connect(target: DatabaseTarget, timeoutMs: number): Promise<Connected> {
  const doing = `connecting to ${nameOf(target)} as ${target.credentials.username}`;
  const startedAtMs = performance.now();
  const socket = await reach(target, timeoutMs, doing);
  const reachedAtMs = performance.now();
  const endTurn = await logins.take();
  const waitedMs = performance.now() - reachedAtMs;
  const leftMs = () => Math.max(1, Math.ceil(timeoutMs - (performance.now() - startedAtMs - waitedMs)));
  try {
    return { driver: await logIn(socket, target, { doing, timeoutMs, leftMs: leftMs() }), leftMs: leftMs() };
  } finally {
    endTurn();
  }
}

interface Login {
  /** What messages begin with. */
  readonly doing: string;
  /** What messages name as the time that it had. */
  readonly timeoutMs: number;
  readonly leftMs: number;
}

function logIn(
  socket: Socket,
  { tls, credentials }: DatabaseTarget,
  { doing, timeoutMs, leftMs }: Login,
): Promise<DriverConnection> {
  return new Promise((resolve, reject) => {
    // While it waited for its turn.
    if (socket.errored !== null) return reject(databaseError(socket.errored, doing));
    const driver = createConnection({
      stream: socket,
      user: credentials.username,
      password: credentials.password,
      ...(tls.mode === 'off' ? {} : { ssl: {} }),
      // None of the driver's own: the timer below covers all of it.
      connectTimeout: 0,
      multipleStatements: false,
      // Statements go as text. For each that could be prepared the driver would reserve memory ahead, and it expects 16,000
      // of them: 0.8 MB a connection.
      maxPreparedStatements: 1,
      charset: 'utf8mb4',
      // Numbers that a double does not hold come as text; rows() makes text of the others.
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      jsonStrings: true,
    });
    if (tls.mode !== 'off') secure(driver, socket, tls, doing);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      driver.destroy();
      socket.destroy();
      reject(speaksNoTls(error) ? new DatabaseError('untrusted', `${doing}: ${NO_TLS}`) : databaseError(error, doing));
    };
    const timer = setTimeout(() => fail(silenceOf('host', doing, timeoutMs)), leftMs);
    // Kept for good: an error without a listener would end the process.
    driver.on('error', fail);
    driver.connect((error: unknown) => {
      if (error !== null && error !== undefined) return fail(error);
      clearTimeout(timer);
      resolve(driver);
    });
  });
}

function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'HANDSHAKE_NO_SSL_SUPPORT';
}
