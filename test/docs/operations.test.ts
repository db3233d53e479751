import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ALARMS, type AlarmDefinition } from '../../lib/core/alarms.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/operations.md', import.meta.url)), 'utf8');
const rows = [...page.matchAll(/^\| \[`([^`]+)`\]\(([^)]+)\) +\| (.*?) +\| (.*?) +\|$/gm)].map((match) =>
  match.slice(1),
);

/** For how long it must be so. */
function timeOf({ periodSeconds, periods }: AlarmDefinition): string {
  const minutes = (periodSeconds * periods) / 60;
  return minutes === 1 ? 'at once' : `${minutes} min`;
}

it('the page of operations lists every alarm with its sentence, its time and its runbook', () => {
  expect(rows).toEqual(ALARMS.map((alarm) => [alarm.code, `runbooks/${alarm.code}.md`, alarm.sentence, timeOf(alarm)]));
});
