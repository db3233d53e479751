/**
 * `db-failover doctor`: what a failover would meet on the servers, and with `--fix` makes what is missing.
 *
 * @module
 */
import { Option, type Command } from 'commander';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { databaseTarget } from '../../lambdas/database-target.ts';
import { clientSettings } from '../../lib/adapters/aws/client.ts';
import { secretsManagerSecrets } from '../../lib/adapters/aws/secrets-manager-secrets.ts';
import { mysqlAdministration } from '../../lib/adapters/mysql/administration.ts';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import { mysqlInspector } from '../../lib/adapters/mysql/inspect.ts';
import { loadConfig } from '../../lib/constructs/load-config.ts';
import { findCluster } from '../../lib/core/config.ts';
import { doctor, type DoctorAccess, type DoctorEvent } from '../../lib/operator/doctor.ts';
import type { Secrets } from '../../lib/ports/cloud.ts';
import type { Credentials } from '../../lib/ports/database.ts';
import { renderDoctorEvent } from '../render/examination.ts';
import { withTable } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { EXIT, type CommandLine, type ExitCode } from './command-line.ts';

interface DoctorOptions {
  readonly config: string;
  readonly cluster?: string;
  readonly fix?: boolean;
  readonly adminSecret?: string;
  readonly adminUser?: string;
  readonly json?: boolean;
  readonly table?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly timeout: number;
}

/** Holds the password that belongs to `--admin-user`: words of a command line are for everybody to see. */
const ADMIN_PASSWORD = 'DB_FAILOVER_ADMIN_PASSWORD';
const DEFAULT_TIMEOUT_SECONDS = 5;

/** @param answer - is given the exit code: 1 when something is found by which a failover would fail */
export function addDoctor(program: Command, line: CommandLine, answer: (exitCode: ExitCode) => void): void {
  program
    .command('doctor')
    .summary('what a failover would meet on the servers')
    .description(
      'Looks at every server with each of the three accounts, from any machine that reaches them: login and TLS, identity, privileges, tables, semi-sync, clocks, who could be elected. With --fix it makes what is missing, on the primary.',
    )
    .requiredOption('--config <file>', 'the configuration that is deployed')
    .option('--cluster <id>', 'one cluster only')
    .option('--fix', 'make missing accounts, tables and grants; prints each statement before it is run')
    .option('--admin-secret <name>', 'for --fix: the secret of an account that may make them')
    .option('--admin-user <name>', `for --fix: the name of that account; its password is in ${ADMIN_PASSWORD}`)
    .option('--timeout <seconds>', 'longest wait for a server', seconds, DEFAULT_TIMEOUT_SECONDS)
    .option('--json', 'print the events as JSON, one in a line')
    .addOption(
      new Option('--table <name>', "the stack's output TableName; without it, who takes writes is the primary").env(
        'DB_FAILOVER_TABLE',
      ),
    )
    .option('--region <region>', 'of the secrets and the table; else as the AWS SDK finds it')
    .option('--endpoint <url>', 'of Secrets Manager and DynamoDB; else as the AWS SDK finds it')
    .action(async (options: DoctorOptions) => {
      answer(await examine(options, line));
    });
}

async function examine(options: DoctorOptions, line: CommandLine): Promise<ExitCode> {
  const { region, endpoint } = options;
  const config = loadConfig(options.config);
  const clusters = options.cluster === undefined ? config.clusters : [findCluster(config, options.cluster)];
  const client = new SecretsManagerClient({
    ...clientSettings(),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  });
  try {
    const access = accessBy(options, secretsManagerSecrets(client));
    const admin = await administrator(options, access.secrets);
    let exitCode: ExitCode = EXIT.told;
    for (const cluster of clusters) {
      let last: Extract<DoctorEvent, { kind: 'examined' }> | null = null;
      for await (const event of doctor(access, cluster, admin)) {
        line.print(options.json === true ? JSON.stringify(event) : renderDoctorEvent(event, line.terminal));
        if (event.kind === 'examined') last = event;
      }
      if (last?.findings.some(({ severity }) => severity === 'fails') === true) exitCode = EXIT.nothing;
    }
    return exitCode;
  } finally {
    client.destroy();
  }
}

function accessBy({ table, region, endpoint, timeout }: DoctorOptions, secrets: Secrets): DoctorAccess {
  return {
    secrets,
    databases: mysqlDatabases(),
    inspector: mysqlInspector(),
    administration: mysqlAdministration(),
    clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    target: (cluster, node, credentials) => databaseTarget(cluster, node, { credentials, timeoutMs: timeout * 1_000 }),
    record: async (cluster) =>
      table === undefined || table === ''
        ? null
        : withTable({ table, region, endpoint }, (store) => store.read(cluster)),
  };
}

async function administrator(
  { fix, adminSecret, adminUser }: DoctorOptions,
  secrets: Secrets,
): Promise<Credentials | null> {
  if (fix !== true) {
    const given = adminSecret ?? adminUser;
    if (given === undefined) return null;
    throw new UsageError(`admin: received "${given}" without --fix; give --fix, as nobody else needs it`);
  }
  if (adminSecret !== undefined && adminUser === undefined) return secrets.credentials(adminSecret);
  if (adminUser === undefined || adminSecret !== undefined) {
    const received = adminUser === undefined ? 'nothing' : 'both --admin-secret and --admin-user';
    throw new UsageError(`fix: received ${received}; give either --admin-secret or --admin-user`);
  }
  const password = process.env[ADMIN_PASSWORD];
  if (password === undefined) {
    throw new UsageError(`${ADMIN_PASSWORD}: received nothing; put the password of ${adminUser} there`);
  }
  return { username: adminUser, password };
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 60) return value;
  throw new UsageError(`timeout: received "${text}"; use whole seconds from 1 to 60`);
}
