/**
 * What a monitor writes one server over: at most one beat at a time, in at most one session on the server.
 *
 * A commit may hang for long, in semi-sync or on a full or stalled disk. To give its connection up, and make another for
 * the next beat, would leave a hanging session behind each second, until the server has no connection left. To end the
 * session is no way out: what waits for an acknowledgement must not be ended (lib/adapters/mysql/sessions.ts). So an
 * overdue beat keeps its connection, and each further round counts as `timeout` at once, without sending anything. It
 * goes on when the beat is answered, or when the connection ends, or when the server is seen, over another connection,
 * not to be at work on it any more: then the answer, or the beat itself, was lost in the network.
 *
 * lib/core/refusal.ts takes a write that was `timeout` for one whose connection says nothing any more, and that is never
 * wrong here: `refused` still means that a new connection was tried, so that no kept one was left.
 *
 * @module
 */
import type { Clock } from '../../lib/ports/cloud.ts';
import type { DatabaseServer, Heartbeat } from '../../lib/ports/database.ts';
import { leavesItSound, missedBy, overNewConnection, type KeptConnection, type Missed } from './kept-connection.ts';

export type Write = { readonly ok: true } | Missed;

export interface WriteLine {
  /** Sends a beat, unless the one before is still on its way. Ends within the patience, and never rejects. */
  beat(heartbeat: Heartbeat): Promise<Write>;
  /** The session that a beat is overdue in, by the server's number; null while none is. */
  readonly overdueSession: number | null;
  /** The server is not at work on the overdue beat of that session: makes a new connection next time. */
  giveUp(sessionId: number): Promise<void>;
  close(): Promise<void>;
}

export interface Patience {
  /** A beat that is not committed within this is overdue, in milliseconds. */
  readonly overdueAfterMs: number;
  /** How long a round waits for its beat, at most, in milliseconds. */
  readonly roundMs: number;
}

/** A beat that was not answered yet. */
interface UnderWay {
  readonly server: DatabaseServer;
  readonly sentAtMs: number;
}

export function writeLine(connection: KeptConnection, clock: Clock, patience: Patience): WriteLine {
  const { overdueAfterMs, roundMs } = patience;
  let underWay: UnderWay | null = null;
  /** The outcome that stands while a beat is on its way and not overdue. */
  let latest: Write = { ok: false, failure: 'untried', detail: 'no write has had the time to end yet' };

  const isOverdue = () => underWay !== null && clock.now() - underWay.sentAtMs >= overdueAfterMs;
  const outcomeByNow = (): Write => {
    if (!isOverdue()) return latest;
    return { ok: false, failure: 'timeout', detail: `a write is not committed within ${overdueAfterMs} ms` };
  };
  /** Resolves when the beat has an outcome. */
  const send = async (server: DatabaseServer, heartbeat: Heartbeat): Promise<Write> => {
    const own = { server, sentAtMs: clock.now() };
    underWay = own;
    let outcome: Write = { ok: true };
    try {
      await server.beat(heartbeat);
    } catch (error) {
      outcome = missedBy(error);
      if (underWay === own && !outcome.ok && !leavesItSound(outcome)) await connection.drop();
    }
    if (underWay === own) {
      underWay = null;
      latest = outcome;
    }
    return outcome;
  };

  return {
    async beat(heartbeat) {
      if (underWay !== null) return outcomeByNow();
      let isNew = false;
      try {
        const opened = await connection.open();
        ({ isNew } = opened);
        const answered = send(opened.server, heartbeat);
        const outcome = await Promise.race([answered, clock.sleep(Math.min(overdueAfterMs, roundMs))]);
        const write = outcome ?? outcomeByNow();
        return isNew && !write.ok ? overNewConnection(write) : write;
      } catch (error) {
        latest = missedBy(error);
        return latest;
      }
    },
    get overdueSession() {
      return underWay !== null && isOverdue() ? underWay.server.sessionId : null;
    },
    async giveUp(sessionId) {
      if (underWay?.server.sessionId !== sessionId) return;
      underWay = null;
      await connection.drop();
    },
    async close() {
      underWay = null;
      await connection.drop();
    },
  };
}
