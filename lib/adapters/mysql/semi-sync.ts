/**
 * Turns the two sides of semi-sync on and off, and touches only what differs: a variable that its option file set and
 * nobody has touched since is known to be there after a restart too.
 *
 * @module
 */
import { DatabaseError } from '../../core/errors.ts';
import type { Connection } from './connection.ts';
import type { Dialect, SemiSyncVariables } from './dialect.ts';
import { isOn } from './settings.ts';

/**
 * As a source: with semi-sync every commit waits, as long as it takes, for an acknowledgement, before anybody sees it.
 *
 * @throws DatabaseError `sql` when it is to be turned on and the server has no semi-sync
 */
export async function setSemiSyncSource(connection: Connection, dialect: Dialect, on: boolean): Promise<void> {
  const variables = await variablesFor(connection, dialect, on);
  if (variables === null) return;
  if (on) {
    for (const [name, wanted] of Object.entries(variables.sourceSettings)) {
      const is = await read(connection, name);
      if (is === wanted || (wanted === 'ON' && isOn(is))) continue;
      await connection.execute(`SET GLOBAL ${name} = ${wanted}`);
    }
  }
  await setSwitch(connection, variables.sourceEnabled, on);
}

/**
 * As a replica: acknowledges what it receives. It takes effect when the receiver starts.
 *
 * @throws DatabaseError `sql` when it is to be turned on and the server has no semi-sync
 */
export async function setSemiSyncReplica(connection: Connection, dialect: Dialect, on: boolean): Promise<void> {
  const variables = await variablesFor(connection, dialect, on);
  if (variables !== null) await setSwitch(connection, variables.replicaEnabled, on);
}

async function variablesFor(connection: Connection, dialect: Dialect, on: boolean): Promise<SemiSyncVariables | null> {
  const variables = await dialect.semiSyncVariables(connection);
  if (variables === null && on) {
    throw new DatabaseError(
      'sql',
      'semi-sync is required, but the server has no semi-sync variables; load the plugins semisync_source and semisync_replica',
    );
  }
  return variables;
}

async function setSwitch(connection: Connection, name: string, on: boolean): Promise<void> {
  if (isOn(await read(connection, name)) !== on) {
    await connection.execute(`SET GLOBAL ${name} = ${on ? 'ON' : 'OFF'}`);
  }
}

async function read(connection: Connection, name: string): Promise<string> {
  const [row] = await connection.rows(`SELECT @@GLOBAL.${name} AS value`);
  return row?.['value'] ?? '';
}
