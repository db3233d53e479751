/**
 * A set of packages laid out as a directory of the cache, complete with the C library and loader that its programs
 * were built for: they run on an older or newer release, and never use a library of the system.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type AptSource, sourcesOfOtherRelease, sourcesOfRelease } from './apt-sources.ts';
import { downloadPackages, machineSources } from './apt.ts';
import { buildOnce, cacheRoot, cacheState, type CacheState } from './cache-directory.ts';
import { findOnPath } from './find-on-path.ts';
import { PackageUnavailable } from './package-error.ts';
import type { Program } from './program.ts';
import { readRelease } from './release.ts';
import { runCommand } from './run-command.ts';

/** What to lay out. */
export interface PackageSet {
  /** Names the directory in the cache; holds the version where it is pinned. */
  readonly name: string;
  /** Packages as apt names them, `name` or `name=version`, where the version may be a glob. */
  readonly packages: readonly string[];
  /** A release other than this machine's, from the same mirror. */
  readonly release?: string;
}

const extractTimeoutMs = 60_000;

/** The directory that holds the set when it is in the cache, and whether it is. */
export async function cachedRoot(set: PackageSet): Promise<{ readonly directory: string; readonly state: CacheState }> {
  const suite = set.release ?? (await readRelease()).codename;
  const directory = path.join(cacheRoot(), 'packages', `${set.name}-${suite}-${process.arch}`);
  return { directory, state: cacheState(directory) };
}

/**
 * Returns the directory that holds the set, fetching it first when it is not in the cache, or damaged there.
 *
 * @throws PackageUnavailable when this machine has no apt, or apt can't get the packages
 */
export async function packageRoot(set: PackageSet, onProgress: (message: string) => void): Promise<string> {
  const { directory } = await cachedRoot(set);
  const fetchInto = async (partial: string): Promise<void> => {
    const sources = await packageSources(set);
    const download = path.join(partial, 'download');
    await mkdir(download);
    const packages = await downloadPackages(set.packages, sources, download, onProgress);
    onProgress(`unpacking ${packages.length} packages`);
    for (const { file } of packages) {
      const { status, stderr } = await runCommand('dpkg-deb', ['-x', file, partial], { timeoutMs: extractTimeoutMs });
      if (status !== 0) throw new PackageUnavailable('broken', `${path.basename(file)} can't be unpacked: ${stderr}`);
    }
    await rm(download, { recursive: true });
    const manifest = packages.map(({ name, version, sha256 }) => ({ name, version, sha256 }));
    await writeFile(
      path.join(partial, 'manifest.json'),
      `${JSON.stringify({ sources, packages: manifest }, null, 2)}\n`,
    );
  };
  return await buildOnce(directory, fetchInto, onProgress);
}

/** How to run `relativePath` of a package root: by the root's own loader, with the root's own libraries. */
export async function programIn(root: string, relativePath: string): Promise<Program> {
  const loader = await findLoader(root);
  const libraries = (await libraryDirectories(root)).join(':');
  return { command: loader, leadingArgs: ['--library-path', libraries, path.join(root, relativePath)] };
}

/**
 * Where the set would be fetched from; asks nobody.
 *
 * @throws PackageUnavailable when this machine has no apt, or apt names no mirror of the release
 */
export async function packageSources(set: PackageSet): Promise<AptSource[]> {
  const { codename } = await readRelease();
  if (findOnPath('apt-get') === undefined || findOnPath('dpkg-deb') === undefined) {
    throw new PackageUnavailable('no-apt', `this machine has no apt, so ${set.name} can't be fetched`);
  }
  const machine = await machineSources();
  const sources =
    set.release === undefined
      ? sourcesOfRelease(machine, codename)
      : sourcesOfOtherRelease(machine, codename, set.release);
  if (sources.length === 0) {
    throw new PackageUnavailable('no-sources', `apt's sources on this machine name no mirror of "${codename}"`);
  }
  return sources;
}

/** Only a loader that is a file of the root itself will do: `lib64` may hold an absolute link into the system. */
async function findLoader(root: string): Promise<string> {
  for (const directory of [...(await multiarchDirectories(root)), 'lib', 'usr/lib']) {
    const absolute = path.join(root, directory);
    if (!existsSync(absolute)) continue;
    const entries = await readdir(absolute, { withFileTypes: true });
    const loader = entries.find((entry) => entry.isFile() && /^ld-linux-.*\.so\.\d+$/.test(entry.name));
    if (loader !== undefined) return path.join(absolute, loader.name);
  }
  throw new PackageUnavailable('broken', `no loader in ${root}; delete that directory to fetch it again`);
}

async function libraryDirectories(root: string): Promise<string[]> {
  const directories = await multiarchDirectories(root);
  return [...directories, 'usr/lib', 'usr/lib/mysql/private'].map((name) => path.join(root, name)).filter(existsSync);
}

async function multiarchDirectories(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const parent of ['lib', 'usr/lib']) {
    const absolute = path.join(root, parent);
    const names = existsSync(absolute) ? await readdir(absolute) : [];
    found.push(...names.filter((name) => name.includes('-linux-gnu')).map((name) => path.join(parent, name)));
  }
  return found;
}
