/**
 * Connects and authenticates, within one deadline, over a socket of our own: it tells a host that does not accept from a
 * server that accepts and then says nothing.
 *
 * @module
 */
import { connect as connectSocket, isIP } from 'node:net';
import { createConnection, type Connection as DriverConnection } from 'mysql2';
import { DatabaseError } from '../../core/errors.ts';
import type { DatabaseTarget } from '../../ports/database.ts';
import { databaseError } from './failure.ts';
import { secure } from './secure.ts';

const KEEPALIVE_DELAY_MS = 5_000;

/** What it means that nothing more came, by how far the connection had come. */
const SILENCE = {
  // A resolver that is silent says nothing of the server.
  nowhere: { failure: 'unresolvable', what: 'the name was not resolved' },
  address: { failure: 'timeout', what: 'no answer' },
  host: { failure: 'unanswered', what: 'accepted, but not answered,' },
} as const;

const NO_TLS = 'the server speaks no TLS; give it a certificate, or set tls.mode to off';

/** How messages name a server. */
export function nameOf({ nodeId, host, port }: DatabaseTarget): string {
  return `${nodeId} (${host}:${port})`;
}

/** @throws DatabaseError within `timeoutMs` */
export function connect(target: DatabaseTarget, timeoutMs: number): Promise<DriverConnection> {
  const { tls, credentials } = target;
  const doing = `connecting to ${nameOf(target)} as ${credentials.username}`;
  return new Promise((resolve, reject) => {
    let reached: keyof typeof SILENCE = isIP(target.host) === 0 ? 'nowhere' : 'address';
    const socket = connectSocket({
      host: target.host,
      port: target.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEPALIVE_DELAY_MS,
    });
    socket.once('lookup', (error) => (reached = error === null ? 'address' : reached));
    socket.once('connect', () => (reached = 'host'));
    const driver = createConnection({
      stream: socket,
      user: credentials.username,
      password: credentials.password,
      ...(tls.mode === 'off' ? {} : { ssl: {} }),
      // None of the driver's own: the timer below covers all of it, and knows how far it came.
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
    const timer = setTimeout(() => {
      const { failure, what } = SILENCE[reached];
      fail(new DatabaseError(failure, `${doing}: ${what} within ${timeoutMs} ms`));
    }, timeoutMs);
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
