/**
 * Stops a primary from acknowledging writes, also when its commits hang in semi-sync and nothing else gets through.
 *
 * Two connections: one asks for the read-only lock and may have to wait for it behind a hanging commit; the other
 * clears the way. While the request waits, the server lets no new statement write past it (seen on both engines: they
 * queue behind the lock), so it is a barrier: sessions that come after it can't have anything to commit. Those from
 * before are ended, in the order that sessions.ts explains. Should we die here, the request stays on the server and
 * succeeds or is given up by itself; the server waits for it a second longer than we do (see connection.ts), so it is
 * still there whenever we act on it.
 *
 * MySQL's killed sessions go on waiting for their acknowledgement and hold the lock. They are released by turning
 * semi-sync off for a moment: only behind the barrier, and only when every client that could be answered is gone. What
 * they commit then is an errant transaction that nobody was told of; it would be so after a restart too.
 *
 * `offline_mode`, which MySQL has for this, is not used: it also throws out replicas and monitors, and has to be undone.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Demotion } from '../../ports/database.ts';
import { tryToBootReadOnly } from './boot-read-only.ts';
import type { Connection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { Hang } from './hang.ts';
import { setSemiSyncSource } from './semi-sync.ts';
import { clientSessions, killSession, nextToEnd, type Session } from './sessions.ts';
import { StatementUnderWay } from './statement-under-way.ts';

/** A lock that nothing hangs on to is had in a few milliseconds. */
const GRACE_MS = 50;
const POLL_MS = 10;
/** How often remaining writers are ended before they are reported. */
const ROUNDS = 20;

/**
 * @param fence asks for the lock, and waits at most for its statement deadline
 * @param control ends sessions meanwhile
 * @throws DatabaseError when the server could not be made read-only in time
 */
export async function demote(fence: Connection, control: Connection, dialect: Dialect): Promise<Demotion> {
  const own: ReadonlySet<number> = new Set([fence.sessionId, control.sessionId]);
  const othersThanOwn = async () => (await clientSessions(control)).filter((session) => !own.has(session.id));

  const closing = new StatementUnderWay(fence.execute(dialect.closeForWrites));
  await closing.within(GRACE_MS);
  const released = closing.pending && (await clearTheWay(fence, control, dialect, closing));
  try {
    await closing.done();
  } finally {
    if (released) await setSemiSyncSource(control, dialect, true);
  }

  const writersLeft = await endWriters(control, dialect, othersThanOwn);
  // A supervisor may start it again at any time.
  await tryToBootReadOnly(control, dialect);
  return {
    identity: await dialect.identity(control),
    readOnly: await dialect.isClosed(control),
    writersLeft,
    bootsReadOnly: (await dialect.observe(control)).bootsReadOnly,
  };
}

/** Ends who stands before the barrier, until the lock is had or refused. Answers whether semi-sync was turned off. */
async function clearTheWay(
  fence: Connection,
  control: Connection,
  dialect: Dialect,
  closing: StatementUnderWay,
): Promise<boolean> {
  const hang = new Hang();
  let newestBefore: number | undefined;
  let released = false;
  for (; closing.pending; await closing.within(POLL_MS)) {
    const sessions = await clientSessions(control);
    if (sessions.find((session) => session.id === fence.sessionId)?.waitsForLock !== true) continue;
    const newest = (newestBefore ??= newestOf(sessions));
    const before = sessions.filter((session) => session.id <= newest && !isOneOf(session, fence, control));
    for (const session of nextToEnd(before, hang.lasts(sessions, performance.now())))
      await killSession(control, session.id);

    const allEnded = before.every((session) => session.killed);
    const stuck = before.some((session) => session.waitsForAcknowledgement);
    if (allEnded && stuck && !released && !dialect.killEndsSemiSyncWait) {
      released = true;
      await setSemiSyncSource(control, dialect, false);
    }
  }
  return released;
}

/**
 * Ends everybody who was there when the server became read-only, and whoever may write nevertheless. Answers how many
 * are left.
 */
async function endWriters(
  control: Connection,
  dialect: Dialect,
  list: () => Promise<readonly Session[]>,
): Promise<number> {
  const bypass = await dialect.usersThatBypass(control);
  const newestBefore = newestOf(await list());
  for (let round = 0; ; round += 1) {
    const sessions = (await list()).filter((session) => session.id <= newestBefore || bypass.has(session.user));
    const writers = sessions.filter((session) => !session.killed).length;
    if (writers === 0 || round === ROUNDS) return writers;
    for (const session of nextToEnd(sessions, true)) await killSession(control, session.id);
    await delay(POLL_MS);
  }
}

function newestOf(sessions: readonly Session[]): number {
  return Math.max(0, ...sessions.map((session) => session.id));
}

function isOneOf(session: Session, ...connections: readonly Connection[]): boolean {
  return connections.some((connection) => connection.sessionId === session.id);
}
