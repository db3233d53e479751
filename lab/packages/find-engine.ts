/**
 * Finds a database server: the one that the environment names, then one on PATH, then one of the lab's own cache,
 * which is filled from the machine's package mirror when it is empty.
 *
 * Call it before entering a sandbox: a sandbox has no way out to a mirror.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Engine, EngineBuild } from './engine-build.ts';
import { findOnPath, isExecutable } from './find-on-path.ts';
import { PackageUnavailable } from './package-error.ts';
import { cachedRoot, type PackageSet, packageRoot, packageSources, programIn } from './package-root.ts';
import { type Program, plainProgram, runProgram } from './program.ts';
import { readRelease } from './release.ts';

const versionTimeoutMs = 20_000;

interface EngineFacts {
  readonly title: string;
  /** Names a server program to use instead of searching for one. */
  readonly variable: string;
  readonly programs: readonly string[];
  readonly installHint: string;
}

const facts: Readonly<Record<Engine, EngineFacts>> = {
  mariadb: {
    title: 'MariaDB',
    variable: 'DB_FAILOVER_MARIADBD',
    programs: ['mariadbd', 'mysqld'],
    installHint: 'install it (`brew install mariadb`, `dnf install mariadb-server`)',
  },
  mysql: {
    title: 'MySQL',
    variable: 'DB_FAILOVER_MYSQLD',
    programs: ['mysqld'],
    installHint: 'install it (`brew install mysql`, `dnf install mysql-server`)',
  },
};

export interface FindOptions {
  /** Told in plain words what takes time; silent when nothing has to be fetched. */
  readonly onProgress?: (message: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** @throws PackageUnavailable whose message names what was looked for and what the user can do */
export async function findEngine(engine: Engine, options: FindOptions = {}): Promise<EngineBuild> {
  const { onProgress = () => {}, env = process.env } = options;
  return (
    (await namedBuild(engine, env)) ?? (await installedBuild(engine, env)) ?? (await fetchedBuild(engine, onProgress))
  );
}

/** How a server program stands on this machine, without fetching it. */
export type EngineSight =
  | { readonly kind: 'here'; readonly build: EngineBuild }
  /** `damage` is why the one in the cache is no good; null when there is none. */
  | { readonly kind: 'fetchable'; readonly from: string; readonly damage: string | null };

/** @throws PackageUnavailable as `findEngine`, as far as it shows without asking a mirror */
export async function lookForEngine(engine: Engine, env: NodeJS.ProcessEnv = process.env): Promise<EngineSight> {
  const own = (await namedBuild(engine, env)) ?? (await installedBuild(engine, env));
  if (own !== undefined) return { kind: 'here', build: own };
  return await withAdvice(engine, async () => {
    const set = await packagesOf(engine);
    const { directory, state } = await cachedRoot(set);
    if (state.kind === 'sound') return { kind: 'here', build: await describeCached(engine, directory) };
    const [source] = await packageSources(set);
    const from = `${set.packages.join(', ')} of ${source?.suite ?? 'no suite'} at ${source?.uri ?? 'no mirror'}`;
    return { kind: 'fetchable', from, damage: state.kind === 'damaged' ? state.damage : null };
  });
}

async function namedBuild(engine: Engine, env: NodeJS.ProcessEnv): Promise<EngineBuild | undefined> {
  const { title, variable } = facts[engine];
  const file = env[variable];
  if (file === undefined || file === '') return undefined;
  if (!isExecutable(file)) {
    throw new PackageUnavailable('broken', `${variable}=${file} is not a program; give the path of ${title}'s server`);
  }
  const build = await describeInstalled(engine, file, 'environment');
  if (build === undefined) {
    throw new PackageUnavailable('broken', `${variable}=${file} is not a ${title} server; give the path of one`);
  }
  return build;
}

async function installedBuild(engine: Engine, env: NodeJS.ProcessEnv): Promise<EngineBuild | undefined> {
  for (const name of facts[engine].programs) {
    const file = findOnPath(name, env['PATH']);
    // `mysqld` may be either engine's: its version tells.
    const build = file === undefined ? undefined : await describeInstalled(engine, file, 'path');
    if (build !== undefined) return build;
  }
  return undefined;
}

async function fetchedBuild(engine: Engine, onProgress: (message: string) => void): Promise<EngineBuild> {
  const { title } = facts[engine];
  return await withAdvice(engine, async () => {
    const root = await packageRoot(await packagesOf(engine), (message) => onProgress(`${title}: ${message}`));
    return await describeCached(engine, root);
  });
}

/** What can't be had is told with what the user can do instead. */
async function withAdvice<T>(engine: Engine, look: () => Promise<T>): Promise<T> {
  const { title, variable, installHint } = facts[engine];
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PackageUnavailable)) throw error;
    const advice = `${installHint}, or set ${variable} to the path of its server`;
    throw new PackageUnavailable(error.problem, `no ${title} server here: ${error.message}; ${advice}`, {
      cause: error,
    });
  }
}

/** Debian carries MySQL only in sid, which moves: a series is pinned, so that a new one is met by choice. */
async function packagesOf(engine: Engine): Promise<PackageSet> {
  if (engine === 'mariadb') return { name: 'mariadb', packages: ['mariadb-server-core'] };
  const { id } = await readRelease();
  if (id !== 'debian') return { name: 'mysql', packages: ['mysql-server-core'] };
  return { name: 'mysql-9.7', packages: ['mysql-server-core=9.7.*'], release: 'sid' };
}

async function describeInstalled(
  engine: Engine,
  file: string,
  origin: 'environment' | 'path',
): Promise<EngineBuild | undefined> {
  const server = plainProgram(file);
  const version = await versionOf(engine, server);
  if (version === undefined) return undefined;
  const scriptsDirectory = engine === 'mariadb' ? await installedScripts(server) : undefined;
  return { engine, version, origin, server, locationOptions: {}, ...(scriptsDirectory && { scriptsDirectory }) };
}

async function describeCached(engine: Engine, root: string): Promise<EngineBuild> {
  const server = await programIn(root, engine === 'mariadb' ? 'usr/sbin/mariadbd' : 'usr/sbin/mysqld');
  const version = await versionOf(engine, server);
  if (version === undefined) {
    throw new PackageUnavailable(
      'broken',
      `the server in ${root} does not run; delete the directory to fetch it again`,
    );
  }
  const share = path.join(root, 'usr/share/mysql');
  const plugins = path.join(root, 'usr/lib/mysql/plugin');
  const locationOptions = {
    'lc-messages-dir': share,
    'character-sets-dir': path.join(share, 'charsets'),
    ...(existsSync(plugins) && { 'plugin-dir': plugins }),
  };
  const build = { engine, version, origin: 'cache', server, locationOptions } as const;
  return engine === 'mariadb' ? { ...build, scriptsDirectory: share } : build;
}

/** The version of a server program, or nothing when it is not of this engine or does not run. */
async function versionOf(engine: Engine, server: Program): Promise<string | undefined> {
  const { stdout } = await runProgram(server, ['--no-defaults', '--version'], { timeoutMs: versionTimeoutMs });
  if (stdout.includes('MariaDB') !== (engine === 'mariadb')) return undefined;
  return /Ver (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
}

/** An installed MariaDB keeps its scripts below its base directory, under one of two names. */
async function installedScripts(server: Program): Promise<string | undefined> {
  const help = await runProgram(server, ['--no-defaults', '--verbose', '--help'], { timeoutMs: versionTimeoutMs });
  const base = /^basedir\s+(\S+)/m.exec(help.stdout)?.[1] ?? '/usr';
  const candidates = ['share/mysql', 'share/mariadb', 'share'].map((name) => path.join(base, name));
  return candidates.find((directory) => existsSync(systemTablesScript(directory)) || existsSync(oldName(directory)));
}

const systemTablesScript = (directory: string): string => path.join(directory, 'mariadb_system_tables.sql');
const oldName = (directory: string): string => path.join(directory, 'mysql_system_tables.sql');
