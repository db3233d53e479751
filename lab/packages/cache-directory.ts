/**
 * The lab's cache on this machine. A directory in it is complete, or it is not used: it is built aside, sealed and
 * renamed into place, so neither builders in other processes nor one that was killed half way can leave a half-built one
 * behind; and what was damaged afterwards is noticed by its seal and built again.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { damageOf, seal } from './seal.ts';

const partialSuffix = '.partial';
const abandonedAfterMs = 60 * 60 * 1000;
/** How often a place may be taken by somebody else's directory, found damaged, before something else must be wrong. */
const placingAttempts = 5;
/** What a rename answers when something is there already. */
const taken: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

/** `$XDG_CACHE_HOME/cdk-db-failover`, or `~/.cache/cdk-db-failover`. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  // The XDG specification: a relative path is invalid and is ignored.
  const root = base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache');
  return path.join(root, 'cdk-db-failover');
}

/** `damaged`: it is there, and something in it is not as it was built. */
export type CacheState =
  { readonly kind: 'absent' } | { readonly kind: 'sound' } | { readonly kind: 'damaged'; readonly damage: string };

/** Looks at a directory that `buildOnce` makes, without making it. */
export function cacheState(directory: string): CacheState {
  if (!existsSync(directory)) return { kind: 'absent' };
  const damage = damageOf(directory);
  return damage === null ? { kind: 'sound' } : { kind: 'damaged', damage };
}

/**
 * Returns `directory`, building it first if it is not there or damaged. When two builders race, one result is kept and
 * both get it.
 *
 * @param build fills the directory that it is given; when it throws, nothing is kept
 * @param onDamage told in one sentence why a directory that is there is built again
 */
export async function buildOnce(
  directory: string,
  build: (partial: string) => Promise<void>,
  onDamage: (sentence: string) => void = () => {},
): Promise<string> {
  const state = cacheState(directory);
  if (state.kind === 'sound') return directory;
  if (state.kind === 'damaged') onDamage(`${directory} is damaged, so it is made again: ${state.damage}`);
  await mkdir(path.dirname(directory), { recursive: true });
  await removeAbandoned(path.dirname(directory));
  const partial = partialBeside(directory);
  await mkdir(partial);
  try {
    await build(partial);
    seal(partial);
    await putInPlace(partial, directory);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return directory;
}

/** Another builder's sound directory stays where it is: somebody may run programs from it by now. */
async function putInPlace(partial: string, directory: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(partial, directory);
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && taken.has(String(error.code));
      if (!isTaken || attempt === placingAttempts) throw error;
    }
    if (damageOf(directory) === null) return;
    const aside = partialBeside(directory);
    // It may be gone by now: then somebody else has moved it.
    await rename(directory, aside).catch(() => {});
    await rm(aside, { recursive: true, force: true });
  }
}

function partialBeside(directory: string): string {
  return `${directory}.${randomUUID()}${partialSuffix}`;
}

/** A builder that was killed leaves its partial directory. Age tells, not a pid: pids differ between namespaces. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.endsWith(partialSuffix)) continue;
    const candidate = path.join(parent, name);
    const age = await stat(candidate).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > abandonedAfterMs) await rm(candidate, { recursive: true, force: true });
  }
}
