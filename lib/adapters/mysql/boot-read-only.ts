/**
 * Makes a server boot read-only by the way, while something else is done with it that may not fail for it.
 *
 * @module
 */
import type { Connection } from './connection.ts';
import type { Dialect } from './dialect.ts';

/**
 * Resolves whether or not it worked: an account may lack the right to persist variables, and a promotion is worth more.
 * What came of it shows in `bootsReadOnly` of the next observation. A connection that is lost is found by the next
 * statement.
 */
export async function tryToBootReadOnly(connection: Connection, dialect: Dialect): Promise<void> {
  if (dialect.bootReadOnly === null) return;
  await connection.execute(dialect.bootReadOnly).catch(() => {});
}
