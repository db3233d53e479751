/**
 * The sessions of a server that could write, and in which order to end them so that no commit which waits for an
 * acknowledgement is answered OK.
 *
 * What ending a session does to a commit that hangs in semi-sync (seen on MariaDB 10.11.19 and MySQL 9.7.4): KILL first
 * shuts the session's socket, so its own client sees a lost connection, never an OK. MariaDB then gives up waiting and
 * commits; MySQL goes on waiting. But in a group commit one session waits for the whole group: when MariaDB's is ended
 * first, those behind it are released and answered OK, although no replica has what they wrote. So those behind go
 * first, and the waiting one goes last, when the sockets of all others are seen to be shut.
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
  /** It waits for its client. */
  readonly asleep: boolean;
  /** Its statement only reads. */
  readonly reads: boolean;
  /** The statement that it has under way, values included; the server may give its beginning only. */
  readonly statement: string;
  readonly waitsForAcknowledgement: boolean;
  /** It waits for an acknowledgement, or is in the queue of those who commit after. */
  readonly commits: boolean;
  /** It waits for a lock on the whole server, or behind one for tables to be closed. */
  readonly waitsForLock: boolean;
}

/** The server's own threads, and those that send the binary log to replicas. */
const SYSTEM_USERS: ReadonlySet<string> = new Set(['system user', 'event_scheduler']);
const SYSTEM_COMMANDS = /^(Binlog Dump|Daemon|Slave_)/;

const WAITS_FOR_ACKNOWLEDGEMENT = /semi-sync ACK/i;

/** Every session of a client, replicas' ones excepted. */
export async function clientSessions(connection: Connection): Promise<readonly Session[]> {
  const rows = await connection.rows('SHOW PROCESSLIST');
  return rows
    .filter((row) => !SYSTEM_USERS.has(row['User'] ?? '') && !SYSTEM_COMMANDS.test(row['Command'] ?? ''))
    .map((row) => ({
      id: Number(row['Id']),
      user: row['User'] ?? '',
      killed: row['Command'] === 'Killed',
      asleep: row['Command'] === 'Sleep',
      reads: /^\s*(SELECT|SHOW)\b/i.test(row['Info'] ?? '') && !WAITS_FOR_ACKNOWLEDGEMENT.test(row['State'] ?? ''),
      statement: row['Info'] ?? '',
      waitsForAcknowledgement: WAITS_FOR_ACKNOWLEDGEMENT.test(row['State'] ?? ''),
      commits: WAITS_FOR_ACKNOWLEDGEMENT.test(row['State'] ?? '') || /commit/i.test(row['State'] ?? ''),
      waitsForLock: /^Waiting for .*(lock|flush)/i.test(row['State'] ?? ''),
    }));
}

/**
 * Who of `sessions` is to be ended now; after that, list them again. Nobody, when all are ended or when those left
 * commit and `commitsHang` is false: while acknowledgements come, commits are better let through than cut.
 */
export function nextToEnd(sessions: readonly Session[], commitsHang: boolean): readonly Session[] {
  const alive = sessions.filter((session) => !session.killed);
  const others = alive.filter((session) => !session.commits);
  if (others.length > 0 || !commitsHang) return others;
  const behind = alive.filter((session) => !session.waitsForAcknowledgement);
  return behind.length > 0 ? behind : alive;
}

const NO_SUCH_THREAD = 1094;

/** Ends a session, or finds that it has ended by itself. */
export async function killSession(connection: Connection, id: number): Promise<void> {
  try {
    await connection.execute(`KILL CONNECTION ${id}`);
  } catch (error) {
    const cause: unknown = error instanceof DatabaseError ? error.cause : error;
    if (typeof cause === 'object' && cause !== null && Reflect.get(cause, 'errno') === NO_SUCH_THREAD) return;
    throw error;
  }
}
