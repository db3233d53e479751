import { existsSync } from 'node:fs';
import {
  appendFile,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildOnce, cacheRoot, cacheState } from '../../../lab/packages/cache-directory.ts';

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
    expect((await readdir(directory)).toSorted()).toEqual(['file', 'sealed.json']);
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

  describe('of what is damaged', () => {
    let directory: string;
    let builds: number;
    const build = async (partial: string): Promise<void> => {
      builds += 1;
      await mkdir(path.join(partial, 'bin'));
      await writeFile(path.join(partial, 'bin', 'server'), 'a program');
      await symlink('server', path.join(partial, 'bin', 'link'));
    };
    const inside = (name: string): string => path.join(directory, name);
    beforeEach(async () => {
      directory = path.join(parent, 'x');
      builds = 0;
      await buildOnce(directory, build);
    });

    const damages: readonly (readonly [string, (directory: string) => Promise<unknown>, string])[] = [
      ['a file cut short', (at) => writeFile(path.join(at, 'bin/server'), 'a prog'), 'bin/server is not the 9 bytes'],
      ['a file changed', (at) => writeFile(path.join(at, 'bin/server'), 'A program'), 'bin/server is not what it was'],
      [
        'a file changed that pretends to be old',
        async (at) => {
          const file = path.join(at, 'bin/server');
          const { atime, mtime } = await lstat(file);
          await writeFile(file, 'A program');
          await utimes(file, atime, mtime);
        },
        'bin/server is not what it was',
      ],
      ['a file that is gone', (at) => rm(path.join(at, 'bin/server')), "bin/server can't be read (ENOENT)"],
      [
        'a link that leads elsewhere',
        async (at) => {
          await rm(path.join(at, 'bin/link'));
          await symlink('/bin/sh', path.join(at, 'bin/link'));
        },
        'bin/link does not point at server',
      ],
      ['a directory that was never finished', (at) => rm(path.join(at, 'sealed.json')), "sealed.json can't be read"],
      [
        'a list that was cut short',
        (at) => writeFile(path.join(at, 'sealed.json'), '{"fil'),
        'sealed.json is not what',
      ],
    ];
    it.each(damages)('%s: is said, and is built again', async (_what, damage, sentence) => {
      await damage(directory);
      expect(cacheState(directory)).toMatchObject({ kind: 'damaged', damage: expect.stringContaining(sentence) });
      const told: string[] = [];
      await buildOnce(directory, build, (line) => told.push(line));
      expect(told).toEqual([expect.stringContaining(sentence)]);
      expect(builds).toBe(2);
      expect(await readFile(inside('bin/server'), 'utf8')).toBe('a program');
      expect(await readdir(parent)).toEqual(['x']);
    });

    it('two who mend it at once end with one whole directory', async () => {
      await appendFile(inside('bin/server'), '!');
      await Promise.all([buildOnce(directory, build), buildOnce(directory, build)]);
      expect(cacheState(directory)).toEqual({ kind: 'sound' });
      expect(await readdir(parent)).toEqual(['x']);
    });

    it("stays as it is when it can't be built again", async () => {
      await appendFile(inside('bin/server'), '!');
      await expect(buildOnce(directory, () => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
      expect(cacheState(directory).kind).toBe('damaged');
    });

    it('is not a copy that came from elsewhere, which is read once and then trusted', async () => {
      const copy = path.join(parent, 'copy');
      await cp(directory, copy, { recursive: true, verbatimSymlinks: true });
      const sealedAt = async () => (await lstat(path.join(copy, 'sealed.json'))).ctimeMs;
      // As it is after a copy: the list came before the files.
      await utimes(path.join(copy, 'bin/server'), new Date(), new Date());
      const before = await sealedAt();
      expect(cacheState(copy)).toEqual({ kind: 'sound' });
      expect(await sealedAt()).toBeGreaterThan(before);
      // Once it is a tick of the clock younger than the files.
      const isTrusted = async () => {
        const sealed = await sealedAt();
        return cacheState(copy).kind === 'sound' && (await sealedAt()) === sealed;
      };
      await expect.poll(isTrusted).toBe(true);
    });
  });
});
