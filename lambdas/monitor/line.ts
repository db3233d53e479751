/**
 * A kept connection to one server. It is opened when needed, kept while it works, and dropped when it fails; each use
 * ends within the timeout, so nothing piles up on a server that hangs.
 *
 * @module
 */
import { DatabaseError } from '../../lib/core/errors.ts';
import type { Failure } from '../../lib/core/observation.ts';
import type { Databases, DatabaseServer, DatabaseTarget } from '../../lib/ports/database.ts';

export type Use<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export interface Line {
  use<T>(action: (server: DatabaseServer) => Promise<T>): Promise<Use<T>>;
  close(): Promise<void>;
}

/** Refusals of a statement: the connection goes on. */
const LEAVES_IT_SOUND: readonly Failure[] = ['sql', 'read-only', 'full'];

/**
 * @param target says how to reach the server; asked for each new connection, as passwords change
 * @param onEnded called when a connection that worked has ended by itself: a reason to look at once
 */
export function keptLine(databases: Databases, target: () => Promise<DatabaseTarget>, onEnded: () => void): Line {
  let kept: DatabaseServer | null = null;

  const drop = async () => {
    const server = kept;
    kept = null;
    await server?.close().catch(() => {});
  };
  const connect = async (): Promise<DatabaseServer> => {
    const server = await databases.connect(await target());
    kept = server;
    void server.ended.then(() => {
      if (kept !== server) return;
      kept = null;
      onEnded();
    });
    return server;
  };

  return {
    async use(action) {
      try {
        return { ok: true, value: await action(kept ?? (await connect())) };
      } catch (error) {
        // What is no error of a database came before it was reached: no credentials, say. It is not held against it.
        const failure = error instanceof DatabaseError ? error.failure : 'untried';
        // A statement that the server refused leaves the connection sound.
        if (!LEAVES_IT_SOUND.includes(failure)) await drop();
        return { ok: false, failure };
      }
    },
    close: drop,
  };
}
