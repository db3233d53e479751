/**
 * The sessions of a server that could write, and how to end them so that no commit which waits for an acknowledgement
 * is answered OK.
 *
 * What ending a session does to a commit that hangs in semi-sync (seen on MariaDB 10.11.19 and MySQL 9.7.4): KILL first
 * shuts the session's socket, so its client sees a lost connection, never an OK. MariaDB then gives up waiting and
 * commits; MySQL goes on waiting. In a group commit one session waits for all of its group: were it ended first, those
 * behind it would be released, some with their sockets still open. So the waiting ones are ended last, when the sockets
 * of all others are seen to be shut.
 *
 * @module
 */
import { DatabaseError } from '../../core/errors.ts';
import type { Connection } from './connection.ts';

export interface Session {
  readonly id: number;
  readonly user: string;
  /** Its socket is shut: nothing that it still does is answered. */
  readonly killed: boolean;
  readonly waitsForAcknowledgement: boolean;
  /** It waits for a lock on the whole server, or behind one for tables to be closed. */
  readonly waitsForLock: boolean;
}

/** The server's own threads, and those that send the binary log to replicas. */
const SYSTEM_USERS: ReadonlySet<string> = new Set(['system user', 'event_scheduler']);
const SYSTEM_COMMANDS = /^(Binlog Dump|Daemon|Slave_)/;

/** Every session of a client, replicas' ones excepted. */
export async function clientSessions(connection: Connection): Promise<readonly Session[]> {
  const rows = await connection.rows('SHOW PROCESSLIST');
  return rows
    .filter((row) => !SYSTEM_USERS.has(row['User'] ?? '') && !SYSTEM_COMMANDS.test(row['Command'] ?? ''))
    .map((row) => ({
      id: Number(row['Id']),
      user: row['User'] ?? '',
      killed: row['Command'] === 'Killed',
      waitsForAcknowledgement: /semi-sync ACK/i.test(row['State'] ?? ''),
      waitsForLock: /^Waiting for .*(lock|flush)/i.test(row['State'] ?? ''),
    }));
}

/**
 * One step towards the end of `sessions`: ends those that do not wait for an acknowledgement; when all of them are
 * ended, those that do.
 *
 * @returns true when there was nothing left to end
 */
export async function endSessions(connection: Connection, sessions: readonly Session[]): Promise<boolean> {
  const alive = sessions.filter((session) => !session.killed);
  const first = alive.filter((session) => !session.waitsForAcknowledgement);
  for (const { id } of first.length > 0 ? first : alive) await killSession(connection, id);
  return alive.length === 0;
}

const NO_SUCH_THREAD = 1094;

/** Ends a session, or finds that it has ended by itself. */
export async function killSession(connection: Connection, id: number): Promise<void> {
  try {
    await connection.execute(`KILL CONNECTION ${id}`);
  } catch (error) {
    const cause: unknown = error instanceof DatabaseError ? error.cause : error;
    // It ended by itself meanwhile.
    if (typeof cause === 'object' && cause !== null && Reflect.get(cause, 'errno') === NO_SUCH_THREAD) return;
    throw error;
  }
}
