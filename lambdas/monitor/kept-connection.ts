/**
 * A connection to one server that is opened when it is needed and kept while it works.
 *
 * @module
 */
import { DatabaseError, messageOf } from '../../lib/core/errors.ts';
import type { Failure } from '../../lib/core/observation.ts';
import type { DatabaseServer } from '../../lib/ports/database.ts';

export type Missed = { readonly ok: false; readonly failure: Failure; readonly detail: string };
export type Use<T> = { readonly ok: true; readonly value: T } | Missed;

export interface KeptConnection {
  /** The one that is kept, or a new one. Rejects with what connecting, or the secret, fails with. */
  open(): Promise<Opened>;
  /** Closes it, if it is there. */
  drop(): Promise<void>;
}

export interface Opened {
  readonly server: DatabaseServer;
  /** It was made just now. */
  readonly isNew: boolean;
}

/**
 * @param connect makes a new connection
 * @param onEnded called when a connection that worked has ended by itself: a reason to look at once
 */
export function keptConnection(connect: () => Promise<DatabaseServer>, onEnded: () => void): KeptConnection {
  let kept: DatabaseServer | null = null;
  /** The one that is being made: two that ask at once share it. */
  let opening: Promise<DatabaseServer> | null = null;

  const make = async (): Promise<DatabaseServer> => {
    const server = await connect();
    kept = server;
    void server.ended.then(() => {
      if (kept !== server) return;
      kept = null;
      onEnded();
    });
    return server;
  };

  return {
    async open() {
      if (kept !== null) return { server: kept, isNew: false };
      opening ??= make().finally(() => (opening = null));
      return { server: await opening, isNew: true };
    },
    async drop() {
      const server = kept;
      kept = null;
      await server?.close().catch(() => {});
    },
  };
}

/** Refusals of a statement: the connection goes on. lib/core/refusal.ts counts on it being kept then, and only then. */
const LEAVES_IT_SOUND: readonly Failure[] = ['sql', 'read-only', 'full'];

export function leavesItSound({ failure }: Missed): boolean {
  return LEAVES_IT_SOUND.includes(failure);
}

/**
 * What was thrown, as an outcome. What is no error of a database came before it was reached: no credentials, say. It is
 * not held against it.
 */
export function missedBy(error: unknown): Missed {
  return {
    ok: false,
    failure: error instanceof DatabaseError ? error.failure : 'untried',
    detail: messageOf(error),
  };
}

/** A server that let a new connection in and then gave no answer over it is there: not one that can't be reached. */
export function overNewConnection(missed: Missed): Missed {
  return missed.failure === 'timeout' ? { ...missed, failure: 'unanswered' } : missed;
}
