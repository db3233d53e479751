import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

const sections = read('lib/core/INVARIANTS.md')
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ number: parseInt(text, 10), text }));
const pathsIn = (text: string) => [...text.matchAll(/`([a-z-]+\/[\w./-]+\.ts)`/g)].flatMap((match) => match[1] ?? []);
const testsNamedIn = (text: string) => pathsIn(text.slice(text.indexOf('**Tests**')));

/** Files in the folders of the decisions and the steps whose tests cite an invariant. */
const citing = ['test/core', 'test/lambdas', 'test/constructs', 'test/contract'].flatMap((folder) =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith('.ts') && path !== 'test/core/invariants.test.ts')
    .filter((path) => /\[invariant \d\]/.test(read(path))),
);

describe('the page of invariants', () => {
  it('has all eight, in order', () => {
    expect(sections.map((section) => section.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each(sections)('names files that there are for invariant $number', ({ text }) => {
    expect(pathsIn(text).filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  });

  it.each(sections)('names the tests that cite invariant $number, and no others', ({ number, text }) => {
    const its = citing.filter((path) => read(path).includes(`[invariant ${number}]`));
    expect(testsNamedIn(text).sort()).toEqual(its.sort());
  });
});
