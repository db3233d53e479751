/**
 * Who is connected to a server, as the server itself counts.
 *
 * @module
 */
import type { RowDataPacket } from 'mysql2/promise';
import type { LabServer } from './lab-server.ts';

const STATEMENT_TIMEOUT_MS = 5_000;

/**
 * The sessions of an account, by the address that they come from: what each does, and for how long, such as `Sleep 3 s`.
 * Those of a server that does not run are none.
 */
export async function sessionsOf(server: LabServer, account: string): Promise<ReadonlyMap<string, readonly string[]>> {
  if (server.pid === undefined) return new Map();
  const connection = await server.adminConnect();
  try {
    const [rows] = await connection.query<RowDataPacket[]>({
      sql: `SELECT SUBSTRING_INDEX(host, ':', 1) AS client, CONCAT(command, ' ', time, ' s') AS deed
            FROM information_schema.processlist WHERE user = ? ORDER BY id`,
      values: [account],
      timeout: STATEMENT_TIMEOUT_MS,
    });
    const byClient = new Map<string, string[]>();
    for (const { client, deed } of rows) {
      byClient.set(String(client), [...(byClient.get(String(client)) ?? []), String(deed)]);
    }
    return byClient;
  } finally {
    connection.destroy();
  }
}
