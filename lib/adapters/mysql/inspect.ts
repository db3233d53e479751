/**
 * `Inspector` on MySQL and MariaDB: what an account may do on a server, asked of the server itself. It reads nothing that
 * an account without any privilege may not ask for, so that one that lacks some can still say so.
 *
 * @module
 */
import type { Engine } from '../../core/config.ts';
import { DatabaseError } from '../../core/errors.ts';
import type { AccountSight } from '../../core/readiness/account-sight.ts';
import type { Inspector } from '../../ports/rehearsal.ts';
import { Connection, type Row } from './connection.ts';
import { isOn } from './settings.ts';

/** Names differ by engine and version; those that a server lacks are not answered. */
const VARIABLES = `SHOW GLOBAL VARIABLES WHERE Variable_name IN
  ('read_only', 'server_id', 'server_uuid', 'skip_replica_start', 'skip_slave_start', 'replica_net_timeout', 'slave_net_timeout')`;
const COLUMNS = `SELECT TABLE_NAME AS name, COLUMN_NAME AS field FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = 'failover' ORDER BY TABLE_NAME, ORDINAL_POSITION`;
const NOW = 'SELECT CURRENT_USER() AS account, UNIX_TIMESTAMP(NOW(3)) * 1000 AS now_ms';
const ENCRYPTION = "SHOW SESSION STATUS LIKE 'Ssl_cipher'";

export function mysqlInspector(now: () => number = Date.now): Inspector {
  return {
    async inspect(target) {
      const connection = await Connection.open(target);
      try {
        return await inspect(connection, target.engine, now);
      } finally {
        connection.close();
      }
    },
  };
}

async function inspect(connection: Connection, engine: Engine, now: () => number): Promise<AccountSight> {
  const askedAtMs = now();
  const [clock] = await connection.rows(NOW);
  const tookMs = now() - askedAtMs;
  const grants = await connection.rows('SHOW GRANTS');
  const [cipher] = await connection.rows(ENCRYPTION);
  const columns = await connection.rows(COLUMNS);
  const variables = new Map(
    (await connection.rows(VARIABLES)).map((row) => [(row['Variable_name'] ?? '').toLowerCase(), row['Value'] ?? '']),
  );
  const skips = variables.get('skip_replica_start') ?? variables.get('skip_slave_start');
  return {
    account: clock?.['account'] ?? '',
    grants: grants.map(grantOf),
    isEncrypted: (cipher?.['Value'] ?? '') !== '',
    tables: tablesOf(columns),
    server: {
      identity: variables.get(engine === 'mysql' ? 'server_uuid' : 'server_id') ?? '',
      isReadOnly: isOn(variables.get('read_only') ?? ''),
      heartbeatPeriodMs: await heartbeatPeriodMs(connection, engine),
      netTimeoutSeconds: Number(variables.get('replica_net_timeout') ?? variables.get('slave_net_timeout')),
      receivesByItself: skips === undefined ? null : !isOn(skips),
      clockOffsetMs: offsetMs(Number(clock?.['now_ms']) - askedAtMs, tookMs),
    },
  };
}

/** The server read its clock at some time while it was asked: only what that can't explain is an offset. */
function offsetMs(sinceAskedMs: number, tookMs: number): number {
  if (sinceAskedMs < 0) return Math.round(sinceAskedMs);
  return Math.round(Math.max(0, sinceAskedMs - tookMs));
}

/** One line, without what follows `TO`: MariaDB puts the hash of the password there. */
function grantOf(row: Row): string {
  return (Object.values(row)[0] ?? '').replace(/ TO .*$/s, '');
}

function tablesOf(columns: readonly Row[]): AccountSight['tables'] {
  const tables: Record<string, string[]> = {};
  for (const { name, field } of columns) (tables[name ?? ''] ??= []).push(field ?? '');
  return tables;
}

async function heartbeatPeriodMs(connection: Connection, engine: Engine): Promise<number | null> {
  const asking =
    engine === 'mariadb'
      ? connection.rows("SHOW GLOBAL STATUS LIKE 'Slave_heartbeat_period'")
      : connection.rows(`SELECT HEARTBEAT_INTERVAL AS 'Value' FROM performance_schema.replication_connection_configuration
          WHERE CHANNEL_NAME = '' AND HOST <> ''`);
  const [row] = await asking.catch((error: unknown) => {
    // The account may lack the right to look there, which is a finding of its own.
    if (error instanceof DatabaseError && (error.failure === 'sql' || error.failure === 'denied')) return [];
    throw error;
  });
  return row === undefined ? null : Math.round(Number(row['Value']) * 1_000);
}
