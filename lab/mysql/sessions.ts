/**
 * Who is connected to a server, as the server itself counts.
 *
 * @module
 */
import type { RowDataPacket } from 'mysql2/promise';
import type { LabServer } from './lab-server.ts';

const STATEMENT_TIMEOUT_MS = 5_000;

/** The sessions of an account, by the address that they come from. Those of a server that does not run are none. */
export async function sessionsOf(server: LabServer, account: string): Promise<ReadonlyMap<string, number>> {
  if (server.pid === undefined) return new Map();
  const connection = await server.adminConnect();
  try {
    const [rows] = await connection.query<RowDataPacket[]>({
      sql: `SELECT SUBSTRING_INDEX(host, ':', 1) AS client, COUNT(*) AS sessions
            FROM information_schema.processlist WHERE user = ? GROUP BY client`,
      values: [account],
      timeout: STATEMENT_TIMEOUT_MS,
    });
    return new Map(rows.map(({ client, sessions }) => [String(client), Number(sessions)]));
  } finally {
    connection.destroy();
  }
}
