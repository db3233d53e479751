import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { synthesize } from './example.ts';

const golden = fileURLToPath(new URL('../golden/orders.template.json', import.meta.url));

/** What changes with every line of code is masked, and so is the state machine's definition: it has tests of its own. */
function masked(template: unknown): string {
  const text = JSON.stringify(
    template,
    (key, value: unknown) => (key === 'DefinitionString' ? '<lib/constructs/workflow/definition.ts>' : value),
    2,
  );
  return `${text.replace(/[0-9a-f]{64}\.zip/g, '<asset>.zip')}\n`;
}

it('examples/orders.yaml gives the template that was reviewed; UPDATE_GOLDEN=1 accepts another', () => {
  const actual = masked(synthesize().toJSON());
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, actual);
  expect(existsSync(golden), `${golden} is missing; write it with UPDATE_GOLDEN=1`).toBe(true);
  expect(actual).toBe(readFileSync(golden, 'utf8'));
});
