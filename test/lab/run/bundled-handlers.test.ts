import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledHandlers } from '../../../lab/run/synthesis/bundled-handlers.ts';
import { HANDLER_NAMES } from '../../../lib/constructs/handler-asset.ts';

describe('bundles of the handlers', () => {
  let root: string;
  let cache: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'handlers-'));
    cache = join(root, 'cache');
    for (const name of HANDLER_NAMES) {
      mkdirSync(join(root, 'lambdas', name), { recursive: true });
      writeFileSync(join(root, 'lambdas', name, 'index.ts'), "export { word as handler } from '../../lib/word.ts';\n");
    }
    mkdirSync(join(root, 'lib'));
    writeFileSync(join(root, 'lib/word.ts'), "export const word = () => 'first';\n");
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are made once for the same sources: one of each handler, with what it imports', async () => {
    const directory = await bundledHandlers(root, cache);
    for (const name of HANDLER_NAMES) {
      expect(readFileSync(join(directory!, name, 'index.mjs'), 'utf8')).toContain('first');
    }
    expect(await bundledHandlers(root, cache)).toBe(directory);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it.each([
    ['a source', 'lib/word.ts', "export const word = () => 'second';\n"],
    ['a source that is new', 'lib/other.ts', 'export {};\n'],
    ['an installed package', 'node_modules/.package-lock.json', '{"packages":{}}'],
  ])('are made anew when %s has changed', async (_what, file, text) => {
    const before = await bundledHandlers(root, cache);
    writeFileSync(join(root, file), text);
    expect(await bundledHandlers(root, cache)).not.toBe(before);
  });

  it('of a day ago go when new ones are made', async () => {
    const old = await bundledHandlers(root, cache);
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(old!, yesterday, yesterday);
    writeFileSync(join(root, 'lib/word.ts'), "export const word = () => 'second';\n");
    const current = await bundledHandlers(root, cache);
    expect(readdirSync(cache).map((name) => join(cache, name))).toEqual([current]);
  });

  it('are not kept where nothing says which packages are installed', async () => {
    rmSync(join(root, 'node_modules/.package-lock.json'));
    expect(await bundledHandlers(root, cache)).toBeUndefined();
  });
});
