import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildOnce, cacheRoot } from '../../../lab/packages/cache-directory.ts';

describe('the cache', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'lab-cache-'));
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('is where the XDG specification says, and a relative path in the variable is ignored', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: '/somewhere' })).toBe('/somewhere/cdk-db-failover');
    expect(cacheRoot({ XDG_CACHE_HOME: 'here' })).toMatch(/\/\.cache\/cdk-db-failover$/);
  });

  it('builds a directory once', async () => {
    const directory = path.join(parent, 'x');
    let builds = 0;
    const build = async (partial: string): Promise<void> => {
      builds += 1;
      await writeFile(path.join(partial, 'file'), 'content');
    };
    await buildOnce(directory, build);
    await buildOnce(directory, build);
    expect([builds, await readFile(path.join(directory, 'file'), 'utf8')]).toEqual([1, 'content']);
  });

  it('gives both builders one complete result when they race', async () => {
    const directory = path.join(parent, 'x');
    const build = (partial: string): Promise<void> => writeFile(path.join(partial, 'file'), 'content');
    await Promise.all([buildOnce(directory, build), buildOnce(directory, build)]);
    expect(await readdir(parent)).toEqual(['x']);
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('keeps nothing of a build that failed', async () => {
    const failing = buildOnce(path.join(parent, 'x'), () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    expect(await readdir(parent)).toEqual([]);
  });

  it('removes what a killed builder left an hour ago, and leaves a builder that is at work alone', async () => {
    const old = path.join(parent, 'x.1.partial');
    const atWork = path.join(parent, 'y.2.partial');
    await mkdir(old);
    await mkdir(atWork);
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    await utimes(old, longAgo, longAgo);
    await buildOnce(path.join(parent, 'z'), () => Promise.resolve());
    expect([existsSync(old), existsSync(atWork)]).toEqual([false, true]);
  });
});
