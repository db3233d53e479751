/**
 * Makes a server a replica of a source. It is read-only before anything else, and nothing that it received is thrown
 * away unapplied: an acknowledgement may have been given for it.
 *
 * @module
 */
import { DatabaseError } from '../../core/errors.ts';
import type { ReplicaStatus } from '../../core/observation.ts';
import type { ReplicationSource } from '../../ports/database.ts';
import { tryToBootReadOnly } from './boot-read-only.ts';
import type { Connection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { setSemiSyncReplica, setSemiSyncSource } from './semi-sync.ts';
import { stopReceiver } from './stop-receiver.ts';

/**
 * @param applyWithinMs how long what was received from another source may take to apply
 * @throws DatabaseError `timeout` when that was not enough; calling again goes on where it was
 */
export async function replicateFrom(
  connection: Connection,
  dialect: Dialect,
  source: ReplicationSource,
  applyWithinMs: number,
): Promise<void> {
  await connection.execute(dialect.closeForWrites);
  await tryToBootReadOnly(connection, dialect);
  // As a source of nobody its applier would wait for acknowledgements that never come. After read-only: on a server
  // that was the primary this would otherwise answer commits that no replica has.
  await setSemiSyncSource(connection, dialect, false);

  const status = await dialect.replicaStatus(connection);
  if (status !== null && follows(status, source)) {
    if (status.receiver === 'receiving' && status.semiSync !== source.semiSync) {
      await stopReceiver(connection);
    }
    await setSemiSyncReplica(connection, dialect, source.semiSync);
    // Does nothing to threads that run.
    await connection.execute('START REPLICA');
    return;
  }
  if (status !== null) await finish(connection, dialect, applyWithinMs);
  await setSemiSyncReplica(connection, dialect, source.semiSync);
  await dialect.follow(connection, source, status === null);
  await connection.execute('START REPLICA');
}

function follows(status: ReplicaStatus, source: ReplicationSource): boolean {
  return status.sourceHost === source.host && status.sourcePort === source.port;
}

/** Ends the old replica role once all of it is applied. */
async function finish(connection: Connection, dialect: Dialect, applyWithinMs: number): Promise<void> {
  await stopReceiver(connection);
  const status = await dialect.replicaStatus(connection);
  if (status !== null) {
    const stopped = status.applier === 'stopped';
    if (stopped && dialect.applierKeepsRelayLog) await connection.execute('START REPLICA SQL_THREAD');
    const withinMs = stopped && !dialect.applierKeepsRelayLog ? 0 : applyWithinMs;
    if (!(await dialect.waitApplied(connection, status.received, withinMs))) {
      throw new DatabaseError(
        'timeout',
        stopped && !dialect.applierKeepsRelayLog
          ? `what was received (${status.received}) is not all applied and the applier is stopped; starting it would discard what was received, so rebuild this server`
          : `what was received (${status.received}) was not applied within ${applyWithinMs} ms; look at the applier and call again`,
      );
    }
  }
  await connection.execute('STOP REPLICA');
}
