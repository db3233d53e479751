import { describe, expect, it } from 'vitest';
import { drillReportPage } from '../../scripts/drill-report-page.ts';
import { killedReport } from '../lab/run/examples.ts';

/** Names of all fields, as the page writes them; entries of a map by name are no fields. */
function fieldsOf(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((each) => fieldsOf(each, prefix.replace(/\.$/, '[].')));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = `${prefix}${key}`;
    return ['runs[].invariants', 'summary.phases'].includes(name) ? [name] : [name, ...fieldsOf(inner, `${name}.`)];
  });
}

describe('the page of the drill’s report', () => {
  const page = drillReportPage();

  it('has a row for each field of a report, and for no other, in their order', () => {
    const rows = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);
    expect(rows).toEqual(fieldsOf(killedReport()));
  });

  it.each([
    ['the unit of a time', '| `settings.intervalMs` | number | Time between two probes, in milliseconds. |'],
    ['what may be missing', '| `runs[].phases` | object or null |'],
    ['the values of a choice', '| `net` | `namespaces`, `loopback` |'],
    ['what is in a list', '| `runs[].execution.states` | list of string |'],
    ['what is kept by name', '| `summary.phases` | object of object by name |'],
  ])('shows %s', (_what, row) => {
    expect(page).toContain(row);
  });
});
