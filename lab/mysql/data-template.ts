/**
 * A freshly initialised data directory, made once for each engine and version and copied for each server: a copy takes
 * milliseconds where an initialisation takes seconds.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { buildOnce, cacheRoot } from '../packages/cache-directory.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import { runProgram } from '../packages/program.ts';
import { runCommand } from '../packages/run-command.ts';
import { storageOptions, userOptions } from './server-config.ts';

const initialiseTimeoutMs = 120_000;
const copyTimeoutMs = 60_000;
/** Raise it when what goes into a template changes: older ones in caches are then left alone. */
const templateFormat = 2;
/** The data directory lies inside the one of the cache, which also holds its seal. */
const dataDirectory = 'data';

/**
 * Returns the template's directory. Its only account is `root`, without a password and from the same host only.
 *
 * @throws Error with the server's own words when it can't be initialised
 */
export async function dataTemplate(build: EngineBuild): Promise<string> {
  const name = `${build.engine}-${build.version}-${build.origin}-${templateFormat}`;
  const cached = await buildOnce(path.join(cacheRoot(), 'templates', name), async (partial) => {
    const directory = path.join(partial, dataDirectory);
    await mkdir(directory);
    if (build.engine === 'mariadb') await initialiseMariadb(build, directory);
    else await initialiseMysql(build, directory);
  });
  return path.join(cached, dataDirectory);
}

/** Copies a template to a directory that must not be there yet. Shares blocks where the file system can. */
export async function copyTemplate(template: string, directory: string): Promise<void> {
  if (existsSync(directory)) throw new Error(`data directory ${directory} is already there; give a new one`);
  await mkdir(path.dirname(directory), { recursive: true });
  // `-a`, `-c` and reflinks are spelled differently elsewhere; `-R` is everybody's.
  const options = process.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-R'];
  const { status, stderr } = await runCommand('cp', [...options, template, directory], { timeoutMs: copyTimeoutMs });
  if (status !== 0) throw new Error(`the template can't be copied to ${directory}: ${stderr.trim()}`);
}

/** What mariadb-install-db does, without its knowledge of where programs are installed. */
async function initialiseMariadb(build: EngineBuild, directory: string): Promise<void> {
  const scripts = build.scriptsDirectory;
  if (scripts === undefined) {
    throw new Error(`MariaDB ${build.version} has no SQL scripts beside it; install its server package completely`);
  }
  const sql = ['create database mysql;', 'use mysql;', 'set @auth_root_socket=null;'];
  for (const name of ['system_tables', 'performance_tables', 'system_tables_data', 'sys_schema']) {
    const file = ['mariadb', 'mysql'].map((prefix) => path.join(scripts, `${prefix}_${name}.sql`)).find(existsSync);
    if (file !== undefined) sql.push(await readFile(file, 'utf8'));
  }
  await initialise(build, directory, ['--bootstrap'], `${sql.join('\n')}\n`);
}

async function initialiseMysql(build: EngineBuild, directory: string): Promise<void> {
  await initialise(build, directory, ['--initialize-insecure', '--mysqlx=OFF', '--secure-file-priv=NULL'], '');
  // Each copy must make an identity of its own.
  await rm(path.join(directory, 'auto.cnf'), { force: true });
}

async function initialise(
  build: EngineBuild,
  directory: string,
  mode: readonly string[],
  input: string,
): Promise<void> {
  const options = Object.entries({ ...userOptions(), ...build.locationOptions, ...storageOptions(build) });
  const args = [
    '--no-defaults',
    `--datadir=${directory}`,
    ...mode,
    ...options.map(([name, value]) => `--${name}=${value}`),
  ];
  const result = await runProgram(build.server, args, { timeoutMs: initialiseTimeoutMs, input });
  if (result.status === 0) return;
  const words = result.stderr.trim().split('\n').slice(-20).join('\n');
  throw new Error(`${build.engine} ${build.version} can't initialise a data directory:\n${words}`);
}
