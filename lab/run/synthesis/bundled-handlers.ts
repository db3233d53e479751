/**
 * The handlers, bundled once for each state of their sources and kept in the lab's cache: bundling would be most of what
 * the synthesis of a lab costs.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { version } from 'esbuild';
import { bundleHandlers, HANDLER_NAMES, HANDLERS_DIRECTORY } from '../../../lib/constructs/handler-asset.ts';
import { buildOnce, cacheRoot } from '../../packages/cache-directory.ts';

const OUTDATED_AFTER_MS = 24 * 3_600_000;

/**
 * A `handlersDirectory` with a bundle of each handler.
 *
 * @param root - of this package
 * @returns undefined where nothing says which packages are installed, so that no bundle can be told to be up to date
 */
export async function bundledHandlers(
  root = path.dirname(HANDLERS_DIRECTORY),
  cache = path.join(cacheRoot(), 'handlers'),
): Promise<string | undefined> {
  const installed = [path.join(root, 'node_modules'), path.dirname(root)]
    .map((directory) => path.join(directory, '.package-lock.json'))
    .find(existsSync);
  if (installed === undefined) return undefined;
  const directory = path.join(cache, hashOf([installed, ...sourcesOf(root)], root));
  return await buildOnce(directory, async (partial) => {
    await removeOutdated(cache);
    const entries = HANDLER_NAMES.map(
      (name) => [`${name}/index`, path.join(root, 'lambdas', name, 'index.ts')] as const,
    );
    bundleHandlers(Object.fromEntries(entries), partial);
  });
}

/** Every file that may be bundled, and the one that says how. */
function sourcesOf(root: string): string[] {
  return ['lambdas', 'lib'].flatMap((name) =>
    readdirSync(path.join(root, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .toSorted(),
  );
}

function hashOf(files: readonly string[], root: string): string {
  const hash = createHash('sha256').update(version);
  for (const file of files) hash.update(`\0${path.relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 32);
}

/** Bundles of sources that have changed since. */
async function removeOutdated(cache: string): Promise<void> {
  for (const name of readdirSync(cache)) {
    const directory = path.join(cache, name);
    const stat = statSync(directory, { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > OUTDATED_AFTER_MS) {
      await rm(directory, { recursive: true, force: true });
    }
  }
}
