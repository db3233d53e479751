/**
 * MariaDB 10.11 and later.
 *
 * @module
 */
import { parse, print, union } from '../../core/gtid/mariadb.ts';
import type { ReplicaStatus, SemiSyncSource, ServerObservation } from '../../core/observation.ts';
import type { Row } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { originsOf, type Origins } from './mariadb-origins.ts';
import { replicaStatusOf } from './replica-status.ts';
import { beatAtMs, Settings, inList } from './settings.ts';

const SEMI_SYNC = {
  sourceEnabled: 'rpl_semi_sync_master_enabled',
  sourceSettings: {
    rpl_semi_sync_master_timeout: '18446744073709551615',
    rpl_semi_sync_master_wait_point: 'AFTER_SYNC',
    rpl_semi_sync_master_wait_no_slave: 'ON',
  },
  replicaEnabled: 'rpl_semi_sync_slave_enabled',
} as const;

const SEMI_SYNC_SOURCE = [SEMI_SYNC.sourceEnabled, ...Object.keys(SEMI_SYNC.sourceSettings)];
const VARIABLES = ['version', 'server_id', 'read_only', 'log_bin', 'log_slave_updates', ...SEMI_SYNC_SOURCE];
/** Those of which it matters what the next start finds. */
const BOOT_VARIABLES = ['read_only', ...SEMI_SYNC_SOURCE];
const STATUS = [
  'rpl_semi_sync_master_clients',
  'rpl_semi_sync_master_status',
  'rpl_semi_sync_slave_status',
  'slave_received_heartbeats',
  'uptime',
];

const STATUS_FACTS = `(SELECT JSON_OBJECTAGG(CONCAT('status.', LOWER(VARIABLE_NAME)), VARIABLE_VALUE)
  FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN (${inList(STATUS)}))`;

/** Everything that changes while a server runs, but the replica status. */
const SETTINGS = `SELECT JSON_MERGE_PRESERVE(JSON_OBJECT(
  ${VARIABLES.map((name) => `'variable.${name}', CAST(@@GLOBAL.${name} AS CHAR)`).join(', ')},
  'position.executed', @@GLOBAL.gtid_current_pos,
  'epoch.newest', (SELECT CAST(MAX(epoch) AS CHAR) FROM failover.epoch),
  'beat.newest', (SELECT CAST(MAX(written_at_ms) AS CHAR) FROM failover.heartbeat)), ${STATUS_FACTS}) AS facts`;

/** For a look at the replica side alone. */
const REPLICA_SETTINGS = `SELECT JSON_MERGE_PRESERVE(JSON_OBJECT(
  'position.executed', @@GLOBAL.gtid_current_pos), ${STATUS_FACTS}) AS facts`;

export const mariadbDialect: Dialect = {
  async observe(connection) {
    // Asked for together: the driver sends the next when the one before is answered.
    const [rows, [status], origins] = await Promise.all([
      connection.rows(SETTINGS),
      connection.rows('SHOW REPLICA STATUS'),
      originsOf(connection, BOOT_VARIABLES),
    ]);
    const settings = Settings.from(rows);
    return {
      identity: settings.variable('server_id'),
      version: settings.variable('version'),
      uptimeSeconds: Number(settings.status('uptime')),
      readOnly: settings.isOn('read_only'),
      executed: settings.other('position', 'executed') ?? '',
      replica: replicaOf(status, settings),
      semiSyncSource: semiSyncSourceOf(settings, origins),
      canBeSource: settings.isOn('log_bin') && settings.isOn('log_slave_updates'),
      bootsReadOnly: bootsReadOnly(settings, origins),
      epoch: Number(settings.other('epoch', 'newest') ?? 0),
      beatAtMs: beatAtMs(settings),
    } satisfies ServerObservation;
  },

  async replicaStatus(connection) {
    const [[status], rows] = await Promise.all([
      connection.rows('SHOW REPLICA STATUS'),
      connection.rows(REPLICA_SETTINGS),
    ]);
    return replicaOf(status, Settings.from(rows));
  },

  async identity(connection) {
    const [row] = await connection.rows('SELECT @@GLOBAL.server_id AS identity');
    return row?.['identity'] ?? '';
  },

  semiSyncVariables: async () => SEMI_SYNC,

  async waitApplied(connection, received, withinMs) {
    const [row] = await connection.rows(
      'SELECT MASTER_GTID_WAIT(?, ?) AS outcome',
      [received, withinMs / 1_000],
      withinMs + WAIT_MARGIN_MS,
    );
    return row?.['outcome'] === '0';
  },

  applierKeepsRelayLog: false,

  closeForWrites: 'SET GLOBAL read_only = ON',
  async isClosed(connection) {
    const [row] = await connection.rows('SELECT @@GLOBAL.read_only AS closed');
    return row?.['closed'] === '1';
  },
  openForOperator: [],
  openForWrites: 'SET GLOBAL read_only = OFF',
  bootReadOnly: null,

  killEndsSemiSyncWait: true,
  async usersThatBypass(connection) {
    // A role's grantee is `'role'@''`, whose holders stand in roles_mapping. With a privileged role anywhere, everybody
    // who holds any role counts: too many rather than too few.
    const rows = await connection.rows(`
      SELECT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES
        WHERE PRIVILEGE_TYPE IN ('SUPER', 'READ_ONLY ADMIN', 'READ ONLY ADMIN')
      UNION SELECT CONCAT('''', User, '''@''', Host, '''') FROM mysql.roles_mapping WHERE EXISTS (
        SELECT 1 FROM information_schema.USER_PRIVILEGES p JOIN mysql.user u
          ON u.is_role = 'Y' AND p.GRANTEE LIKE CONCAT('''', u.User, '''@%')
          WHERE p.PRIVILEGE_TYPE IN ('SUPER', 'READ_ONLY ADMIN', 'READ ONLY ADMIN'))`);
    return new Set(rows.map(({ grantee }) => /^'(.*)'@'/.exec(grantee ?? '')?.[1] ?? ''));
  },

  async follow(connection, source, wasSource) {
    await connection.execute('SET GLOBAL slave_net_timeout = ?', [source.netTimeoutSeconds]);
    // MASTER_DEMOTE_TO_SLAVE counts what it wrote itself as replicated: otherwise it would ask the new source for
    // transactions that it gave to it.
    await connection.execute(
      `CHANGE MASTER TO MASTER_HOST = ?, MASTER_PORT = ?, MASTER_USER = ?, MASTER_PASSWORD = ?, MASTER_CONNECT_RETRY = 1,
         MASTER_HEARTBEAT_PERIOD = ?, MASTER_USE_GTID = slave_pos${wasSource ? ', MASTER_DEMOTE_TO_SLAVE = 1' : ''}`,
      [
        source.host,
        source.port,
        source.credentials.username,
        source.credentials.password,
        source.heartbeatPeriodMs / 1_000,
      ],
    );
  },
};

/** The server is asked to wait this much less than our own deadline, in milliseconds. */
const WAIT_MARGIN_MS = 1_000;

function replicaOf(row: Row | undefined, settings: Settings): ReplicaStatus | null {
  if (row === undefined) return null;
  return replicaStatusOf(row, {
    words: { source: 'Master', replica: 'Slave' },
    received: receivedOf(row['Gtid_IO_Pos'] ?? '', settings.other('position', 'executed') ?? ''),
    heartbeats: Number(settings.status('slave_received_heartbeats')),
    semiSync: settings.status('rpl_semi_sync_slave_status') === 'ON',
  });
}

/** After a restart Gtid_IO_Pos is empty until the receiver runs: what is applied was received too. */
function receivedOf(position: string, executed: string): string {
  const applied = parse(executed);
  // A replica that keeps up is the usual case, asked for two thousand times a second.
  return print(position === executed ? applied : union(parse(position), applied));
}

function semiSyncSourceOf(settings: Settings, origins: Origins): SemiSyncSource {
  return {
    // The variable may be on while the server has given up waiting: then status says OFF.
    enabled: settings.isOn(SEMI_SYNC.sourceEnabled) && settings.status('rpl_semi_sync_master_status') === 'ON',
    // Its largest value, 2^64 − 1, is no number that a JSON document or a table can keep.
    // The largest that the server takes, 2^64 - 1, is more than a number holds exactly.
    timeoutMs: Math.min(Number(settings.variable('rpl_semi_sync_master_timeout')), Number.MAX_SAFE_INTEGER),
    waitPoint: settings.variable('rpl_semi_sync_master_wait_point') === 'AFTER_SYNC' ? 'beforeCommit' : 'afterCommit',
    waitsWithoutReplicas: settings.isOn('rpl_semi_sync_master_wait_no_slave'),
    requiredAcks: 1,
    connectedReplicas: Number(settings.status('rpl_semi_sync_master_clients')),
    survivesRestart: SEMI_SYNC_SOURCE.every((name) => origins.get(name) === 'CONFIG'),
  };
}

/**
 * What the next start will find, as far as the value still is what the start found. Once SQL has set the variable, the
 * server no longer tells what its configuration says.
 */
function bootsReadOnly(settings: Settings, origins: Origins): boolean | 'unknown' {
  switch (origins.get('read_only')) {
    case 'CONFIG':
      return settings.isOn('read_only');
    case 'COMPILE-TIME':
      return false;
    default:
      return 'unknown';
  }
}
