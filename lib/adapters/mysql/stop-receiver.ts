/**
 * Stops a replica's receiver without waiting for a source that is silent.
 *
 * STOP REPLICA IO_THREAD wakes the receiver, and when that misses, again after two seconds. On MariaDB 10.11.19 the
 * first call always misses a receiver that waits for its source, and often one that is just ending: two seconds in
 * which nothing may be promoted. KILL shuts its socket, so it ends at once; only then comes the STOP, which keeps it
 * from starting again. MySQL 9.7.4 wakes it at the first call. On both, a receiver that is about to reconnect takes the
 * two seconds whatever is done.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { killSession } from './sessions.ts';

const END_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 5;

/** Idempotent. The receiver is stopped, and acknowledges nothing, when this resolves. @throws DatabaseError */
export async function stopReceiver(connection: Connection): Promise<void> {
  const giveUpAtMs = performance.now() + END_WITHIN_MS;
  for (let id = await receiverSession(connection); id !== null; id = await receiverSession(connection)) {
    await killSession(connection, id);
    if (performance.now() > giveUpAtMs) break;
    await delay(LOOK_EVERY_MS);
  }
  await connection.execute('STOP REPLICA IO_THREAD');
}

/** MariaDB names it; on MySQL there is no such command, and no need. */
async function receiverSession(connection: Connection): Promise<number | null> {
  const row = (await connection.rows('SHOW PROCESSLIST')).find((each) => each['Command'] === 'Slave_IO');
  return row === undefined ? null : Number(row['Id']);
}
