/**
 * What a monitor reads one server over. A read that is overdue is given up with its connection: the network may be gone,
 * and TCP takes long to notice that it is back. The server may still be at work on it; once it lets us in again, what was
 * given up is ended there, so that it never has more than one read of ours and one that is being ended.
 *
 * @module
 */
import type { DatabaseServer } from '../../lib/ports/database.ts';
import { leavesItSound, missedBy, overNewConnection, type KeptConnection, type Use } from './kept-connection.ts';

export interface ReadLine {
  /** Runs `action`, which only reads. Ends within the timeouts, and never rejects. */
  use<T>(action: (server: DatabaseServer) => Promise<T>): Promise<Use<T>>;
  close(): Promise<void>;
}

export function readLine(connection: KeptConnection): ReadLine {
  /** Sessions in which a read was given up, by the server's numbers. */
  const abandoned = new Set<number>();

  const endAbandoned = (server: DatabaseServer): void => {
    if (abandoned.size === 0) return;
    const sessions = [...abandoned];
    abandoned.clear();
    // Not waited for: the look is done. What fails is tried again with the next.
    server.endReads(sessions).catch(() => {
      for (const session of sessions) abandoned.add(session);
    });
  };

  return {
    async use(action) {
      let server: DatabaseServer | null = null;
      let isNew = false;
      try {
        ({ server, isNew } = await connection.open());
        const value = await action(server);
        endAbandoned(server);
        return { ok: true, value };
      } catch (error) {
        const missed = missedBy(error);
        if (server !== null && missed.failure === 'timeout') abandoned.add(server.sessionId);
        if (!leavesItSound(missed)) await connection.drop();
        return isNew ? overNewConnection(missed) : missed;
      }
    },
    close: () => connection.drop(),
  };
}
