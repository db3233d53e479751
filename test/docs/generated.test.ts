import { describe, expect, it } from 'vitest';
import { configurationPage } from '../../scripts/configuration-page.ts';
import { isUpToDate, pages } from '../../scripts/docs-pages.ts';

describe('generated pages', () => {
  it.each(pages.map((page) => [page.file, page] as const))('%s says what the code does', async (_file, page) => {
    expect(await isUpToDate(page), 'write it anew by: npx tsx scripts/generate-docs.ts').toBe(true);
  });

  it('are out of date when the code says something else, or when there is no such file', async () => {
    expect(await isUpToDate({ file: 'docs/configuration.md', render: () => '# Something else' })).toBe(false);
    expect(await isUpToDate({ file: 'docs/no-such-page.md', render: configurationPage })).toBe(false);
  });
});

describe('the configuration page', () => {
  const page = configurationPage();

  it('has a section for every object, in the order of the file', () => {
    expect([...page.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual([
      'The file',
      '`monitors[]`',
      '`clusters[]`',
      '`clusters[].nodes[]`',
      '`clusters[].secrets`',
      '`clusters[].tls`',
      '`clusters[].detection`',
      '`clusters[].policy`',
      '`clusters[].fence`',
      '`clusters[].election`',
      '`clusters[].route`',
      '`clusters[].dns`',
      '`resourceTag`',
      '`monitoring`',
      '`notify`',
    ]);
  });

  it.each([
    ['a required key', '| `vpcId` | text `^vpc-[0-9a-z]{1,17}$` | required | VPC of the databases. |'],
    ['limits and default of a number', '| `failures` | integer, 1 to 60 | `3` |'],
    ['the values of a choice', '| `endpoints` | `create`, `existing` | `create` |'],
    ['the length of a list', '| `nodes` | list, 2 to 9: sections below | required |'],
    ['an empty list as default', '| `emails` | list: e-mail address | `[]` |'],
    ['that there is no default', '| `connectTimeoutMs` | integer, 50 to 30000 | none |'],
    ['a section that may be left out', '| `detection` | section below | its defaults |'],
    ['a section without which a thing is not done', '| `resourceTag` | section below | none |'],
  ])('shows %s', (_what, row) => {
    expect(page).toContain(row);
  });
});
