/**
 * A server that has no connection left, and ends those of one account: whoever comes again is told so
 * (`Too many connections`), while those who are in go on.
 *
 * @module
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { LabServer } from '../lab-server.ts';
import type { Undo } from './undo.ts';

const STATEMENT_TIMEOUT_MS = 5_000;
/** The least that both engines take for `max_connections`. */
const LEAST = 10;
/** More than `LEAST` by so many as there are sessions to be ended: what these free goes to nobody. */
const HELD = 40;

/**
 * The limit is lowered below what is in use, and not filled to the brim: of a full server, a session that ends makes room
 * for whoever comes first, and who that is would differ from run to run.
 *
 * @param account whose sessions are ended once no other can begin
 */
export async function exhaustConnections(server: LabServer, account: string): Promise<Undo> {
  // It must be kept: a root that comes when the server is over its limit is refused as well.
  const root = await server.adminConnect();
  const limit = Number((await query(root, 'SELECT @@GLOBAL.max_connections AS n'))[0]?.['n']);
  const held = await Promise.all(Array.from({ length: HELD }, () => server.adminConnect()));
  await query(root, `SET GLOBAL max_connections = ${LEAST}`);
  const sessions = await query(root, `SELECT id FROM information_schema.processlist WHERE user = '${account}'`);
  for (const { id } of sessions) {
    // It may have ended by itself meanwhile.
    await query(root, `KILL ${Number(id)}`).catch(() => {});
  }
  return async () => {
    await query(root, `SET GLOBAL max_connections = ${limit}`).catch(() => {});
    for (const connection of [...held, root]) connection.destroy();
  };
}

async function query(connection: Connection, sql: string): Promise<RowDataPacket[]> {
  const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: STATEMENT_TIMEOUT_MS });
  return Array.isArray(rows) ? rows : [];
}
