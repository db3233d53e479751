/**
 * MySQL and MariaDB behind the Database port.
 *
 * @module
 */
import type { Engine } from '../../core/config.ts';
import type { Databases } from '../../ports/database.ts';
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
    connect: async (target) => new MysqlServer(await Connection.open(target), DIALECTS[target.engine], target),
  };
}
