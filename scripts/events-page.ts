/**
 * docs/events.md: the events of the journal, from the registry that defines them.
 *
 * @module
 */
import * as z from 'zod';
import { JOURNAL_CODES } from '../lib/core/journal/codes.ts';
import { sentenceOf } from '../lib/core/journal/read.ts';
import { journalRegistry } from '../lib/core/journal/registry.ts';
import type { JournalEvent } from '../lib/core/journal.ts';

const INTRODUCTION = `
<!-- Generated from lib/core/journal/registry.ts by scripts/generate-docs.ts -->

# Events

Each change of a cluster leaves a journal in the table, under \`CLUSTER#<id>\` and \`JOURNAL#<epoch>#…\`. It is only ever
added to: a step that runs twice says so twice. \`npm run db-failover -- history <cluster> --epoch <epoch>\` tells it as a
timeline.

Every event has \`code\`, \`cluster\`, \`epoch\` (that the change makes), \`execution\` and \`atMs\` (the clock of the function
that wrote it, in epoch milliseconds). Events of the same millisecond follow the order of this page. An event that a
version does not know is shown as that.
`;

/** What the page needs of JSON Schema. */
interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly items?: FieldSchema;
  readonly oneOf?: readonly FieldSchema[];
  readonly anyOf?: readonly FieldSchema[];
}

/** The page as Markdown, not yet laid out. */
export function eventsPage(): string {
  const rows = JOURNAL_CODES.map((code) => {
    const { meaning, writtenBy } = journalRegistry[code];
    return row(`[\`${code}\`](#${code})`, meaning, writtenBy.join(', '), exampleOf(code));
  });
  return [
    INTRODUCTION,
    row('code', 'meaning', 'written by', 'as it is told'),
    row('---', '---', '---', '---'),
    ...rows,
    '',
    '## Fields',
    '',
    ...JOURNAL_CODES.flatMap(fieldsOf),
  ].join('\n');
}

function exampleOf(code: (typeof JOURNAL_CODES)[number]): string {
  const stamp = { cluster: 'orders', epoch: 2, execution: 'orders-e2', atMs: 1_800_000_002_100 };
  // The registry gives each code an example of its own fields.
  return sentenceOf({ ...journalRegistry[code].example, ...stamp, code } as JournalEvent);
}

function fieldsOf(code: (typeof JOURNAL_CODES)[number]): string[] {
  const schema = z.toJSONSchema(journalRegistry[code].fields, { unrepresentable: 'any' }) as FieldSchema;
  return [
    `### \`${code}\``,
    '',
    row('field', 'type', 'meaning'),
    row('---', '---', '---'),
    ...fieldRows(schema, ''),
    '',
  ];
}

function fieldRows(schema: FieldSchema, prefix: string): string[] {
  return Object.entries(propertiesOf(schema)).flatMap(([key, field]) => {
    const inner = field.items ?? field;
    return [
      row(`\`${prefix}${key}\``, typeOf(field), field.description ?? ''),
      ...fieldRows(inner, `${prefix}${key}${field.items === undefined ? '' : '[]'}.`),
    ];
  });
}

/** The fields of an object; of one that may have several shapes, those of all. */
function propertiesOf({ properties, oneOf = [] }: FieldSchema): Readonly<Record<string, FieldSchema>> {
  const merged: Record<string, FieldSchema> = { ...properties };
  for (const each of oneOf) {
    for (const [key, field] of Object.entries(each.properties ?? {})) {
      const before = merged[key];
      merged[key] = before === undefined ? field : { ...before, enum: [before, field].flatMap(valuesOf) };
    }
  }
  return merged;
}

const valuesOf = (field: FieldSchema): readonly unknown[] => field.enum ?? [field.const];

function typeOf(field: FieldSchema): string {
  if (field.title !== undefined) return field.title;
  if (field.const !== undefined || field.enum !== undefined)
    return valuesOf(field)
      .map((each) => `\`${String(each)}\``)
      .join(', ');
  if (field.items !== undefined) return `list of ${field.items.title ?? typeOf(field.items)}`;
  if (field.anyOf !== undefined) return field.anyOf.map(typeOf).join(' or ');
  if (field.oneOf !== undefined) return 'object';
  const types: readonly string[] = [field.type ?? 'any'].flat();
  return types.map((type) => (type === 'string' ? 'text' : type)).join(' or ');
}

const row = (...cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
