/**
 * MySQL and MariaDB behind the Database port.
 *
 * @module
 */
import type { Engine } from '../../core/config.ts';
import { DatabaseError } from '../../core/errors.ts';
import type { Databases, DatabaseTarget } from '../../ports/database.ts';
import { nameOf } from './connect.ts';
import { Connection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { mariadbDialect } from './mariadb.ts';
import { mysqlDialect } from './mysql.ts';
import { MysqlServer } from './server.ts';

export { type AccountGrants, accountGrants, failoverSchema } from './schema.ts';

const DIALECTS: Readonly<Record<Engine, Dialect>> = { mariadb: mariadbDialect, mysql: mysqlDialect };

/**
 * Connections to servers of both engines.
 *
 * @example
 * const server = await mysqlDatabases().connect({ nodeId: 'db-1', engine: 'mariadb', … });
 * const { readOnly, epoch } = await server.observe();
 */
export function mysqlDatabases(): Databases {
  return {
    async connect(target) {
      const dialect = DIALECTS[target.engine];
      const connection = await Connection.open(target);
      if (target.identity !== undefined) await mustBe(target.identity, connection, dialect, target);
      return new MysqlServer(connection, dialect, target);
    },
  };
}

/** A stranger is asked who it is, and nothing else. */
async function mustBe(
  identity: string,
  connection: Connection,
  dialect: Dialect,
  target: DatabaseTarget,
): Promise<void> {
  try {
    const answers = await dialect.identity(connection);
    if (answers === identity) return;
    throw new DatabaseError(
      'other-server',
      `${nameOf(target)}: server ${answers} answers, not ${identity}; correct the address or the identity of the node`,
    );
  } catch (error) {
    connection.close();
    throw error;
  }
}
