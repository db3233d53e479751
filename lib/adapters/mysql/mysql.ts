/**
 * MySQL 8.0.23 and later, 8.4 and 9. Speaks of sources and replicas only: 9 has forgotten the older words. The names
 * of variables may still be the older ones, before 8.0.26 or where the older semi-sync plugin is loaded.
 *
 * @module
 */
import type { ReplicaStatus, SemiSyncSource, ServerObservation } from '../../core/observation.ts';
import type { Connection, Row } from './connection.ts';
import type { Dialect, SemiSyncVariables } from './dialect.ts';
import { bootsReadOnly, READ_ONLY, survivesRestart } from './mysql-next-start.ts';
import { NO_SEMI_SYNC, SEMI_SYNC_FAMILIES, type SemiSyncFamily } from './mysql-semi-sync.ts';
import { replicaStatusOf } from './replica-status.ts';
import { beatAtMs, Settings, inList } from './settings.ts';

const VARIABLES = [
  'version',
  'server_uuid',
  'log_bin',
  'log_replica_updates',
  'log_slave_updates',
  'persisted_globals_load',
  ...READ_ONLY,
  ...SEMI_SYNC_FAMILIES.flatMap((family) => family.variables),
];
const STATUS = [
  'uptime',
  ...SEMI_SYNC_FAMILIES.flatMap((family) => [family.clients, family.sourceStatus, family.replicaStatus]),
];

const GATHERED = "SELECT JSON_OBJECTAGG(LOWER(CONCAT(kind, '.', name)), CAST(value AS CHAR)) AS facts FROM";

/** What the replica side adds to `SHOW REPLICA STATUS`. The server itself normalises the union of sets. */
const RECEIVED = `
  SELECT 'status' AS kind, VARIABLE_NAME AS name, VARIABLE_VALUE AS value
    FROM performance_schema.global_status WHERE VARIABLE_NAME IN (${inList(STATUS)})
  UNION ALL SELECT 'position', 'executed', @@GLOBAL.gtid_executed
  UNION ALL SELECT 'position', 'received', GTID_SUBTRACT(CONCAT(RECEIVED_TRANSACTION_SET, ',', @@GLOBAL.gtid_executed), '')
    FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = ''
  UNION ALL SELECT 'replica', 'heartbeats', COUNT_RECEIVED_HEARTBEATS
    FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = ''`;

/** Everything but the replica status in one round trip. */
const SETTINGS = `${RECEIVED}
  UNION ALL SELECT 'variable', VARIABLE_NAME, VARIABLE_VALUE
    FROM performance_schema.global_variables WHERE VARIABLE_NAME IN (${inList(VARIABLES)})
  UNION ALL SELECT 'origin', VARIABLE_NAME, VARIABLE_SOURCE
    FROM performance_schema.variables_info WHERE VARIABLE_NAME IN (${inList(VARIABLES)})
  UNION ALL SELECT 'persisted', VARIABLE_NAME, VARIABLE_VALUE
    FROM performance_schema.persisted_variables WHERE VARIABLE_NAME IN (${inList(VARIABLES)})
  UNION ALL SELECT 'epoch', 'newest', MAX(epoch) FROM failover.epoch
  UNION ALL SELECT 'beat', 'newest', MAX(written_at_ms) FROM failover.heartbeat`;

export const mysqlDialect: Dialect = {
  async observe(connection) {
    // Asked for together: the driver sends the second when the first is answered.
    const [rows, [status]] = await Promise.all([
      connection.rows(`${GATHERED} (${SETTINGS}) AS gathered`),
      connection.rows('SHOW REPLICA STATUS'),
    ]);
    const settings = Settings.from(rows);
    return {
      identity: settings.variable('server_uuid'),
      version: settings.variable('version'),
      uptimeSeconds: Number(settings.status('uptime')),
      // super_read_only implies read_only, which is all that accounts without administrative privileges need.
      readOnly: settings.isOn('read_only'),
      executed: settings.other('position', 'executed') ?? '',
      replica: replicaOf(status, settings),
      semiSyncSource: semiSyncSourceOf(settings),
      canBeSource:
        settings.isOn('log_bin') && (settings.isOn('log_replica_updates') || settings.isOn('log_slave_updates')),
      bootsReadOnly: bootsReadOnly(settings),
      epoch: Number(settings.other('epoch', 'newest') ?? 0),
      beatAtMs: beatAtMs(settings),
    } satisfies ServerObservation;
  },

  async replicaStatus(connection) {
    const [[status], rows] = await Promise.all([
      connection.rows('SHOW REPLICA STATUS'),
      connection.rows(`${GATHERED} (${RECEIVED}) AS gathered`),
    ]);
    return replicaOf(status, Settings.from(rows));
  },

  async identity(connection) {
    const [row] = await connection.rows('SELECT @@GLOBAL.server_uuid AS identity');
    return row?.['identity'] ?? '';
  },

  async semiSyncVariables(connection) {
    const present = await variablesLike(connection, 'rpl_semi_sync%enabled');
    const source = SEMI_SYNC_FAMILIES.find((family) => present.has(family.sourceEnabled));
    const replica = SEMI_SYNC_FAMILIES.find((family) => present.has(family.replicaEnabled));
    if (source === undefined || replica === undefined) return null;
    return { ...source, replicaEnabled: replica.replicaEnabled } satisfies SemiSyncVariables;
  },

  async waitApplied(connection, received, withinMs) {
    // Here 0 would mean to wait for ever.
    if (withinMs <= 0) {
      const [row] = await connection.rows('SELECT GTID_SUBSET(?, @@GLOBAL.gtid_executed) AS applied', [received]);
      return row?.['applied'] === '1';
    }
    const [row] = await connection.rows(
      'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS outcome',
      [received, withinMs / 1_000],
      withinMs + WAIT_MARGIN_MS,
    );
    return row?.['outcome'] === '0';
  },

  applierKeepsRelayLog: true,

  // Turns read_only on with it.
  closeForWrites: 'SET GLOBAL super_read_only = ON',
  async isClosed(connection) {
    const [row] = await connection.rows('SELECT @@GLOBAL.super_read_only AS closed');
    return row?.['closed'] === '1';
  },
  // Leaves read_only on, which CONNECTION_ADMIN bypasses.
  openForOperator: ['SET GLOBAL super_read_only = OFF'],
  openForWrites: 'SET GLOBAL read_only = OFF',
  // Both, the stronger last: what was persisted later wins, and somebody may have persisted `read_only = OFF`.
  bootReadOnly: 'SET PERSIST_ONLY read_only = ON, PERSIST_ONLY super_read_only = ON',

  killEndsSemiSyncWait: false,
  // Nobody bypasses super_read_only.
  usersThatBypass: async () => new Set<string>(),

  async follow(connection, source) {
    const present = await variablesLike(connection, '%net_timeout');
    const netTimeout = present.has('replica_net_timeout') ? 'replica_net_timeout' : 'slave_net_timeout';
    await connection.execute(`SET GLOBAL ${netTimeout} = ?`, [source.netTimeoutSeconds]);
    // SOURCE_RETRY_COUNT 0 never gives up: from 8.4 the default would be ten tries. The public key is asked for because
    // caching_sha2_password needs it on a connection without TLS. What it wrote itself is in gtid_executed anyway.
    await connection.execute(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = ?, SOURCE_USER = ?, SOURCE_PASSWORD = ?,
         SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 0, SOURCE_HEARTBEAT_PERIOD = ?, SOURCE_AUTO_POSITION = 1,
         GET_SOURCE_PUBLIC_KEY = 1`,
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

async function variablesLike(connection: Connection, pattern: string): Promise<ReadonlySet<string>> {
  const rows = await connection.rows('SHOW GLOBAL VARIABLES LIKE ?', [pattern]);
  return new Set(rows.map((row) => row['Variable_name'] ?? ''));
}

function replicaOf(row: Row | undefined, settings: Settings): ReplicaStatus | null {
  // Since RESET REPLICA without ALL a row stays behind, of a source without a name.
  if (row === undefined || (row['Source_Host'] ?? '') === '') return null;
  return replicaStatusOf(row, {
    words: { source: 'Source', replica: 'Replica' },
    received: settings.other('position', 'received') ?? settings.other('position', 'executed') ?? '',
    heartbeats: Number(settings.other('replica', 'heartbeats') ?? 0),
    semiSync: SEMI_SYNC_FAMILIES.some((family) => settings.status(family.replicaStatus) === 'ON'),
  });
}

function semiSyncSourceOf(settings: Settings): SemiSyncSource {
  const family: SemiSyncFamily | undefined = SEMI_SYNC_FAMILIES.find((each) => settings.has(each.sourceEnabled));
  if (family === undefined) return NO_SEMI_SYNC;
  return {
    // The variable may be on while the server has given up waiting: then status says OFF.
    enabled: settings.isOn(family.sourceEnabled) && settings.status(family.sourceStatus) === 'ON',
    timeoutMs: Number(settings.variable(family.timeout)),
    waitPoint: settings.variable(family.waitPoint) === 'AFTER_SYNC' ? 'beforeCommit' : 'afterCommit',
    waitsWithoutReplicas: settings.isOn(family.waitNoReplica),
    requiredAcks: Number(settings.variable(family.requiredAcks)),
    connectedReplicas: Number(settings.status(family.clients)),
    survivesRestart: survivesRestart(settings, [family.sourceEnabled, ...Object.keys(family.sourceSettings)]),
  };
}
