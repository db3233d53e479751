/**
 * Reaches a server over a socket of our own, until the server speaks first, as both engines do. It tells a host that does
 * not accept from a server that accepts and then says nothing.
 *
 * @module
 */
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { DatabaseError } from '../../core/errors.ts';
import type { DatabaseTarget } from '../../ports/database.ts';
import { databaseError } from './failure.ts';

const KEEPALIVE_DELAY_MS = 5_000;

/** What it means that nothing more came, by how far the connection had come. */
const SILENCE = {
  // A resolver that is silent says nothing of the server.
  nowhere: { failure: 'unresolvable', what: 'the name was not resolved' },
  address: { failure: 'timeout', what: 'no answer' },
  host: { failure: 'unanswered', what: 'accepted, but not answered,' },
} as const;

/** What is thrown for a connection that came so far in the time it had. */
export function silenceOf(reached: keyof typeof SILENCE, doing: string, timeoutMs: number): DatabaseError {
  const { failure, what } = SILENCE[reached];
  return new DatabaseError(failure, `${doing}: ${what} within ${timeoutMs} ms`);
}

/**
 * Resolves when the server's greeting is there to be read, or its end; nothing is read of it. The socket's errors are
 * heard from then on, and kept in `socket.errored`.
 *
 * @param doing what messages begin with
 * @throws DatabaseError within `timeoutMs`
 */
export function reach({ host, port }: DatabaseTarget, timeoutMs: number, doing: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let reached: keyof typeof SILENCE = isIP(host) === 0 ? 'nowhere' : 'address';
    const socket = connectSocket({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEPALIVE_DELAY_MS,
    });
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(databaseError(error, doing));
    };
    const timer = setTimeout(() => fail(silenceOf(reached, doing, timeoutMs)), timeoutMs);
    socket.once('lookup', (error) => (reached = error === null ? 'address' : reached));
    socket.once('connect', () => (reached = 'host'));
    // Kept for good: an error without a listener would end the process.
    socket.on('error', fail);
    socket.once('readable', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}
