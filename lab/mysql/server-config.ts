/**
 * The options file of one server. What decides safety is set here rather than by SQL, so that it holds from the first
 * moment of every boot, also after a crash: a server boots read-only, writes its binary log durably, and as a replica
 * acknowledges what it has received.
 *
 * @module
 */
import path from 'node:path';
import type { EngineBuild } from '../packages/engine-build.ts';

export interface ServerSettings {
  readonly build: EngineBuild;
  readonly serverId: number;
  /** Holds the data, the socket, the log and the options file. */
  readonly directory: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** Address and port by which other hosts reach it; shown on its source. */
  readonly reported: { readonly address: string; readonly port: number };
  readonly semiSync: boolean;
  /** It speaks TLS with the certificate that it finds beside its data (`serverPaths`). */
  readonly tls: boolean;
}

export type Options = Readonly<Record<string, string | number>>;

/** Where a server keeps what. */
export function serverPaths(directory: string) {
  const inside = (name: string): string => path.join(directory, name);
  return {
    data: inside('data'),
    socket: inside('sock'),
    log: inside('error.log'),
    options: inside('my.cnf'),
    certificate: inside('server.pem'),
    key: inside('server-key.pem'),
    ca: inside('ca.pem'),
  };
}

/** Text for `--defaults-file`. */
export function renderServerConfig(settings: ServerSettings): string {
  const engine = settings.build.engine === 'mariadb' ? mariadbOptions(settings) : mysqlOptions(settings);
  return renderOptions({ ...commonOptions(settings), ...engine });
}

/** `[mysqld]` is the one group that both engines read. */
export function renderOptions(options: Options): string {
  const lines = Object.entries(options).map(([name, value]) => `${name}=${value}\n`);
  return `[mysqld]\n${lines.join('')}`;
}

/** Sizes that a template and the servers made from it must agree on. */
export function storageOptions({ engine }: EngineBuild): Options {
  return {
    'innodb-buffer-pool-size': '16M',
    ...(engine === 'mariadb' ? { 'innodb-log-file-size': '4M' } : { 'innodb-redo-log-capacity': '8M' }),
  };
}

/** A server refuses to run as root unless it is told to. */
export function userOptions(): Options {
  return process.getuid?.() === 0 ? { user: 'root' } : {};
}

function commonOptions({ build, serverId, directory, listen, reported, tls }: ServerSettings): Options {
  const paths = serverPaths(directory);
  return {
    ...userOptions(),
    ...build.locationOptions,
    ...storageOptions(build),
    datadir: paths.data,
    socket: paths.socket,
    'log-error': paths.log,
    'pid-file': path.join(directory, 'pid'),
    'bind-address': listen.host,
    port: listen.port,
    'report-host': reported.address,
    'report-port': reported.port,
    'server-id': serverId,
    'skip-name-resolve': 'ON',
    // A writer that gives up leaves its session behind, in the wait for an acknowledgement. With no room beside those, no
    // replica gets in to acknowledge, and the wait never ends.
    'max-connections': 1_000,
    'log-bin': 'binlog',
    'relay-log': 'relay',
    'binlog-format': 'ROW',
    'sync-binlog': 1,
    'innodb-flush-log-at-trx-commit': 1,
    'read-only': 'ON',
    ...(tls && { 'ssl-ca': paths.ca, 'ssl-cert': paths.certificate, 'ssl-key': paths.key }),
  };
}

function mariadbOptions({ semiSync }: ServerSettings): Options {
  return {
    'performance-schema': 'OFF',
    'gtid-strict-mode': 'ON',
    'log-slave-updates': 'ON',
    'slave-net-timeout': 10,
    ...(semiSync && {
      'rpl-semi-sync-slave-enabled': 'ON',
      // Milliseconds. The largest value: a primary waits for an acknowledgement as long as it takes.
      'rpl-semi-sync-master-timeout': '18446744073709551615',
      'rpl-semi-sync-master-wait-point': 'AFTER_SYNC',
      'rpl-semi-sync-master-wait-no-slave': 'ON',
    }),
  };
}

function mysqlOptions({ semiSync, tls }: ServerSettings): Options {
  return {
    'performance-schema': 'ON',
    mysqlx: 'OFF',
    'secure-file-priv': 'NULL',
    'gtid-mode': 'ON',
    'enforce-gtid-consistency': 'ON',
    'log-replica-updates': 'ON',
    'replica-net-timeout': 10,
    'super-read-only': 'ON',
    // It makes itself certificates that nobody knows, else.
    ...(!tls && { 'tls-version': '' }),
    ...(semiSync && {
      'plugin-load-add': 'rpl_semi_sync_source=semisync_source.so;rpl_semi_sync_replica=semisync_replica.so',
      'rpl-semi-sync-replica-enabled': 'ON',
      'rpl-semi-sync-source-timeout': 4_294_967_295,
      'rpl-semi-sync-source-wait-point': 'AFTER_SYNC',
      'rpl-semi-sync-source-wait-no-replica': 'ON',
    }),
  };
}
