/**
 * What a complete directory of the cache holds, written down file by file with a SHA-256 each when it was built, so that
 * whatever happens to it later is noticed before anything of it is run.
 *
 * As in git's index, a file that was not touched since then is not read again: its size and the time of its last change
 * (ctime, which no program can set) vouch for it. One that was touched, or copied here from elsewhere, is read and hashed.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const SEAL_FILE = 'sealed.json';
/** Python writes these anew when it likes. */
const NOT_SEALED = new Set([SEAL_FILE, '__pycache__']);

const SEAL = z.object({
  /** By path, relative to the directory. */
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
  /** What symbolic links point at, by path. */
  links: z.record(z.string(), z.string()),
});
type Seal = z.infer<typeof SEAL>;

/** Writes down what `directory` holds. Nothing of it may be changed afterwards. */
export function seal(directory: string): void {
  const found: Seal = { files: {}, links: {} };
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(directory, file);
    if (name.split(path.sep).some((part) => NOT_SEALED.has(part))) continue;
    if (entry.isSymbolicLink()) found.links[name] = readlinkSync(file);
    if (entry.isFile()) found.files[name] = { bytes: lstatSync(file).size, sha256: hashOf(file) };
  }
  writeFileSync(path.join(directory, SEAL_FILE), `${JSON.stringify(found, null, 1)}\n`);
}

/** Why a directory can't be used: a sentence that names the first file that is not as it was; null when all are. */
export function damageOf(directory: string): string | null {
  const sealFile = path.join(directory, SEAL_FILE);
  try {
    const sealedAtMs = lstatSync(sealFile).ctimeMs;
    const { files, links } = SEAL.parse(JSON.parse(readFileSync(sealFile, 'utf8')));
    let wasHashed = false;
    for (const [name, { bytes, sha256 }] of Object.entries(files)) {
      const file = path.join(directory, name);
      const now = lstatSync(file);
      if (!now.isFile() || now.size !== bytes) return `${name} is not the ${bytes} bytes that it was`;
      // Of the same tick of the clock it can't be told which came first.
      if (now.ctimeMs < sealedAtMs) continue;
      if (hashOf(file) !== sha256) return `${name} is not what it was`;
      wasHashed = true;
    }
    for (const [name, target] of Object.entries(links)) {
      if (readlinkSync(path.join(directory, name)) !== target) return `${name} does not point at ${target}`;
    }
    if (wasHashed) rememberNow(sealFile);
    return null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return `${SEAL_FILE} is not what it was`;
    const { code, path: file = directory } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `${path.relative(directory, file) || directory} can't be read (${code})`;
  }
}

/** Files that were found whole need not be read again. */
function rememberNow(sealFile: string): void {
  try {
    utimesSync(sealFile, new Date(), new Date());
  } catch {
    // A cache that may not be written is used all the same, and read each time.
  }
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
