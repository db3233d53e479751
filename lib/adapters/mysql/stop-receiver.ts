/**
 * Stops a replica's receiver without waiting for a source that is silent.
 *
 * STOP REPLICA IO_THREAD wakes the receiver, and when that misses, again after two seconds. On MariaDB 10.11.19 the
 * first call always misses a receiver that waits for its source: two seconds in which nothing may be promoted. KILL
 * shuts its socket, and it ends at once. MySQL 9.7.4 wakes it at the first call. On both, a receiver that is about to
 * reconnect takes the two seconds whatever is done.
 *
 * @module
 */
import type { Connection } from './connection.ts';
import { killSession } from './sessions.ts';

/** Idempotent. The receiver is stopped, and acknowledges nothing, when this resolves. @throws DatabaseError */
export async function stopReceiver(connection: Connection): Promise<void> {
  for (const row of await connection.rows('SHOW PROCESSLIST')) {
    if (row['Command'] === 'Slave_IO') await killSession(connection, Number(row['Id']));
  }
  await connection.execute('STOP REPLICA IO_THREAD');
}
