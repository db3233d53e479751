/**
 * Where MariaDB's variables got their values from, as far as it tells. It tells by a table that it fills with all of its
 * seven hundred variables, on disk, each time; so a connection that is kept is asked now and then only.
 *
 * That is as good as asking each time, for what is concluded from it: that a value came from an option file, which so
 * holds it for the next start too. A statement that changes the variable hides the origin, and changes no file. What
 * would make the conclusion wrong, an edit of the file, no server shows. After a restart the connection is a new one.
 *
 * @module
 */
import type { Connection } from './connection.ts';
import { inList } from './settings.ts';

/** By name in lower case: `CONFIG` is an option file, `COMPILE-TIME` the default, `SQL` a statement. */
export type Origins = ReadonlyMap<string, string>;

const KEPT_MS = 10_000;
const kept = new WeakMap<Connection, { readonly untilMs: number; readonly origins: Origins }>();

/** @throws DatabaseError */
export async function originsOf(connection: Connection, names: readonly string[]): Promise<Origins> {
  const known = kept.get(connection);
  if (known !== undefined && performance.now() < known.untilMs) return known.origins;
  const rows = await connection.rows(
    `SELECT LOWER(VARIABLE_NAME) AS name, GLOBAL_VALUE_ORIGIN AS origin
       FROM information_schema.SYSTEM_VARIABLES WHERE VARIABLE_NAME IN (${inList(names)})`,
  );
  const origins = new Map(rows.map(({ name, origin }) => [name ?? '', origin ?? '']));
  kept.set(connection, { untilMs: performance.now() + KEPT_MS, origins });
  return origins;
}
