/**
 * Downloads Debian packages with everything that they depend on, without root and without touching the system: apt
 * runs on its own lists, its own (empty) record of installed packages and its own cache. apt verifies the mirror's
 * signature and every hash.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type AptSource, parseDeb822, parseSourcesList, renderSourcesList } from './apt-sources.ts';
import { findOnPath } from './find-on-path.ts';
import { PackageUnavailable } from './package-error.ts';
import { type CommandResult, runCommand } from './run-command.ts';

const updateTimeoutMs = 120_000;
const downloadTimeoutMs = 600_000;

/** A `.deb` file on disk, whose name is `package_version_architecture.deb`. */
export interface DownloadedPackage {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** Every binary source that this machine's apt is configured with. */
export async function machineSources(etc = '/etc/apt'): Promise<AptSource[]> {
  const list = await readFile(path.join(etc, 'sources.list'), 'utf8').catch(() => '');
  const sources = parseSourcesList(list);
  const parts = path.join(etc, 'sources.list.d');
  for (const name of existsSync(parts) ? await readdir(parts) : []) {
    const text = await readFile(path.join(parts, name), 'utf8');
    if (name.endsWith('.list')) sources.push(...parseSourcesList(text));
    if (name.endsWith('.sources')) sources.push(...parseDeb822(text));
  }
  return sources;
}

/**
 * Downloads `packages` (names, or `name=version` where the version may be a glob) and their whole dependency closure
 * into a directory of its own under `workDirectory`.
 *
 * @throws PackageUnavailable `offline` when the mirror does not answer, `gone` when it lacks a package or version
 */
export async function downloadPackages(
  packages: readonly string[],
  sources: readonly AptSource[],
  workDirectory: string,
  onProgress: (message: string) => void,
): Promise<DownloadedPackage[]> {
  const config = await writeAptConfig(sources, workDirectory);
  const suite = sources[0]?.suite ?? 'unknown';

  onProgress(`reading the package lists of ${suite}`);
  const updated = await apt(config, ['-qq', '--error-on=any', 'update'], updateTimeoutMs);
  if (updated.status !== 0) throw offline(`the package lists of ${suite} can't be read`, updated);

  const planned = await apt(config, ['-qq', '--print-uris', 'install', ...packages], updateTimeoutMs);
  if (planned.status !== 0) {
    throw new PackageUnavailable(
      'gone',
      `${packages.join(', ')} can't be had from ${suite} any more: ${firstComplaint(planned)}`,
    );
  }

  const files = planned.stdout.split('\n').filter((line) => line.includes('.deb ')).length;
  onProgress(`downloading ${packages.join(', ')} with dependencies, ${files} packages`);
  const fetched = await apt(config, ['-qq', '-y', '--download-only', 'install', ...packages], downloadTimeoutMs);
  if (fetched.status !== 0) throw offline(`${packages.join(', ')} can't be downloaded`, fetched);

  const archives = path.join(workDirectory, 'cache', 'archives');
  const names = (await readdir(archives)).filter((name) => name.endsWith('.deb')).sort();
  return await Promise.all(names.map((name) => describePackage(path.join(archives, name))));
}

/**
 * The settings are given as a file with `-c`, which apt reads after the machine's own: proxies and credentials stay in
 * force, while hooks that would clean the system's cache are cleared.
 */
async function writeAptConfig(sources: readonly AptSource[], directory: string): Promise<string> {
  for (const part of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(path.join(directory, part), { recursive: true });
  }
  const sourcesList = path.join(directory, 'sources.list');
  const installed = path.join(directory, 'installed');
  await writeFile(sourcesList, renderSourcesList(sources));
  await writeFile(installed, '');
  const config = path.join(directory, 'apt.conf');
  await writeFile(
    config,
    `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
Dir::Etc::sourcelist "${sourcesList}";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "${path.join(directory, 'state')}";
Dir::State::status "${installed}";
Dir::Cache "${path.join(directory, 'cache')}";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "2";
APT::Install-Recommends "false";
APT::Get::AllowUnauthenticated "false";
APT::Sandbox::User "root";
`,
  );
  return config;
}

/** Ended with this process, whatever ends it: nobody else would take what it goes on to download. */
function apt(config: string, args: readonly string[], timeoutMs: number): Promise<CommandResult> {
  const setpriv = findOnPath('setpriv');
  const command = ['apt-get', '-c', config, ...args];
  const [program = '', ...rest] = setpriv === undefined ? command : [setpriv, '--pdeathsig', 'KILL', '--', ...command];
  return runCommand(program, rest, { timeoutMs, env: { ...process.env, LC_ALL: 'C' } });
}

async function describePackage(file: string): Promise<DownloadedPackage> {
  const [name = '', version = ''] = decodeURIComponent(path.basename(file)).split('_');
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  return { file, name, version, sha256 };
}

function offline(what: string, result: CommandResult): PackageUnavailable {
  const why = result.timedOut ? 'no answer in time' : firstComplaint(result);
  return new PackageUnavailable('offline', `${what}: ${why}; check this machine's network and apt sources`);
}

function firstComplaint({ stderr, stdout }: CommandResult): string {
  const line = `${stderr}\n${stdout}`.split('\n').find((text) => /^(E|W|Err):?/.test(text));
  return line?.replace(/^\w+:\s*/, '').trim() ?? 'apt gave no reason';
}
