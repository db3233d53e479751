/**
 * Ends every other session of our own account on a server, before anything is changed there.
 *
 * A step that runs twice, or one that was given up, may still have statements on their way. The lock in the table is
 * asked for when a step begins, and can't stop those. Late ones have undone what came after: semi-sync was turned off
 * on the new primary by the second of two promotions, and a replica that had stopped acknowledging for good was started
 * again by an older change. Who acts last therefore acts alone: what arrives over a session that was ended does nothing.
 *
 * The account is the operator's, which nothing else should use; whoever does is disconnected.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { clientSessions, killSession, type Session } from './sessions.ts';

/** A killed session may go on with its statement, and one that waits for an acknowledgement for ever. */
const END_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 5;

/** Idempotent. @throws DatabaseError */
export async function endRivals(connection: Connection): Promise<void> {
  const giveUpAtMs = performance.now() + END_WITHIN_MS;
  for (let rivals = await findRivals(connection); rivals.length > 0; rivals = await findRivals(connection)) {
    const alive = rivals.filter((rival) => !rival.killed);
    for (const rival of alive) await killSession(connection, rival.id);
    if (alive.length > 0) continue;
    if (performance.now() > giveUpAtMs) return;
    await delay(LOOK_EVERY_MS);
  }
}

async function findRivals(connection: Connection): Promise<readonly Session[]> {
  const sessions = await clientSessions(connection);
  const own = sessions.find((session) => session.id === connection.sessionId);
  return sessions.filter((session) => session.user === own?.user && session.id !== own.id);
}
