/**
 * The lab's cache on this machine. A directory in it is either complete or absent: it is built aside and renamed into
 * place, so builders in other processes, and one that was killed half way, can't leave a half-built one behind.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

const partialSuffix = '.partial';
const abandonedAfterMs = 60 * 60 * 1000;

/** `$XDG_CACHE_HOME/cdk-db-failover`, or `~/.cache/cdk-db-failover`. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  // The XDG specification: a relative path is invalid and is ignored.
  const root = base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache');
  return path.join(root, 'cdk-db-failover');
}

/**
 * Returns `directory`, building it first if it is not there. When two builders race, one result is kept and both get it.
 *
 * @param build fills the directory that it is given; when it throws, nothing is kept
 */
export async function buildOnce(directory: string, build: (partial: string) => Promise<void>): Promise<string> {
  if (existsSync(directory)) return directory;
  await mkdir(path.dirname(directory), { recursive: true });
  await removeAbandoned(path.dirname(directory));
  const partial = `${directory}.${randomUUID()}${partialSuffix}`;
  await mkdir(partial);
  try {
    await build(partial);
    await rename(partial, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return directory;
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
