/**
 * Makes a replica the primary of an epoch. The order is what keeps it safe:
 *
 * 1. Nothing is thrown away before everything received is applied: RESET REPLICA deletes relay logs.
 * 2. The epoch is written while only the operator can write, so that no client's write precedes it; and while semi-sync
 *    is off, since no replica follows yet: its commit would wait for ever. A candidate that is open already, as it came up
 *    writable or an earlier change broke off after it had opened it, is demoted first, commits that hang included.
 * 3. It boots read-only, where SQL can say so, before it is opened: no restart ever opens it by itself.
 * 4. Semi-sync is on before the server is opened, so that every client's write is bound by it. Clients then wait until
 *    a replica follows.
 *
 * Any step may fail and be repeated: what is done already is found and left alone.
 *
 * @module
 */
import { DatabaseError } from '../../core/errors.ts';
import type { ServerObservation } from '../../core/observation.ts';
import { tryToBootReadOnly } from './boot-read-only.ts';
import type { Connection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { INSERT_EPOCH, SELECT_NEWEST_EPOCH } from './schema.ts';
import { setSemiSyncSource } from './semi-sync.ts';
import { stopReceiver } from './stop-receiver.ts';

/**
 * @param demote makes this server read-only, whatever hangs there
 * @throws DatabaseError `sql` when a newer epoch is written, or what was received is not applied yet
 */
export async function promote(
  connection: Connection,
  dialect: Dialect,
  { epoch, semiSync }: { readonly epoch: number; readonly semiSync: boolean },
  demote: () => Promise<unknown>,
): Promise<ServerObservation> {
  const before = await dialect.observe(connection);
  let written = await isWritten(connection, epoch, before.identity);
  const isBound = !semiSync || before.semiSyncSource.enabled;
  if (written && before.replica === null && !before.readOnly && isBound) return before;

  if (!before.readOnly) await demote();
  if (before.replica !== null) {
    await endReplicaRole(connection, dialect, epoch);
    // What it applied since may have brought a newer epoch.
    written = await isWritten(connection, epoch, before.identity);
    await connection.execute('RESET REPLICA ALL');
  }
  if (!written) await setSemiSyncSource(connection, dialect, false);
  for (const statement of dialect.openForOperator) await connection.execute(statement);
  if (!written) await connection.execute(INSERT_EPOCH, [epoch, before.identity, Date.now()]);
  // Also where its option file says so: once it is opened by SQL, nobody sees that any more.
  await tryToBootReadOnly(connection, dialect);
  await setSemiSyncSource(connection, dialect, semiSync);
  await connection.execute(dialect.openForWrites);
  return await dialect.observe(connection);
}

/** Whether this very server has written this epoch. */
async function isWritten(connection: Connection, epoch: number, identity: string): Promise<boolean> {
  const [newest] = await connection.rows(SELECT_NEWEST_EPOCH);
  const newestEpoch = Number(newest?.['epoch'] ?? 0);
  if (newestEpoch > epoch) {
    throw new DatabaseError(
      'sql',
      `epoch: received ${epoch}, but failover.epoch holds ${newestEpoch}; only the newest epoch may promote`,
    );
  }
  if (newestEpoch < epoch) return false;
  if (newest?.['identity'] !== identity) {
    throw new DatabaseError(
      'sql',
      `epoch: received ${epoch}, under which server ${newest?.['identity']} was promoted; take the next epoch`,
    );
  }
  return true;
}

async function endReplicaRole(connection: Connection, dialect: Dialect, epoch: number): Promise<void> {
  await stopReceiver(connection);
  const status = await dialect.replicaStatus(connection);
  if (status !== null && !(await dialect.waitApplied(connection, status.received, 0))) {
    throw new DatabaseError(
      'sql',
      `epoch ${epoch}: what was received (${status.received}) is not all applied yet; apply it first`,
    );
  }
  await connection.execute('STOP REPLICA');
}
