/** Each service of the lab's cloud has a SPEC.md that lists its calls. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LabAccount, openAccount } from './lab-account.ts';

const folder = new URL('../../../lab/cloud/services/', import.meta.url);

let account: LabAccount;
beforeAll(async () => {
  account = await openAccount();
});
afterAll(() => account.close());

/** Of a page that is titled "EC2 (`ec2`)": the service's name, and the calls in the first column below "Calls". */
function readSpec(page: string): readonly [service: string, calls: readonly string[]] {
  const [, service = ''] = /^# .+ \(`(\w+)`\)$/m.exec(page) ?? [];
  const [, table = ''] = /^## Calls\n([^]*?)\n## /m.exec(page) ?? [];
  const cells = [...table.matchAll(/^\| (.*?) +\|/gm)].map(([, cell = '']) => cell);
  return [service, cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, call = '']) => call)).toSorted()];
}

test('every service tells in its SPEC.md which calls it answers, and no other', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory());
  const specs = folders.map(({ name }) => readSpec(readFileSync(new URL(`${name}/SPEC.md`, folder), 'utf8')));
  const services = account.cloud.services.map(({ name, actions }) => [name, actions.toSorted()]);
  expect(Object.fromEntries(specs)).toEqual(Object.fromEntries(services));
});

test('every SPEC.md tells what is asynchronous and what is left out', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory());
  for (const { name } of folders) {
    const page = readFileSync(new URL(`${name}/SPEC.md`, folder), 'utf8');
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect([name, ...headings]).toEqual([name, 'Calls', 'Asynchronous', 'Left out']);
  }
});
