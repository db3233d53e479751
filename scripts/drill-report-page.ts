/**
 * docs/drill-report.md: the JSON report of a drill, from the schema that checks it.
 *
 * @module
 */
import * as z from 'zod';
import { reportSchema } from '../lab/run/report-schema.ts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly additionalProperties?: JsonSchema | boolean;
}

export function drillReportPage(): string {
  const schema = z.toJSONSchema(reportSchema) as JsonSchema;
  return [
    '<!-- Generated from lab/run/report-schema.ts by scripts/generate-docs.ts -->',
    '',
    '# The report of a drill',
    '',
    '`npm run drill -- --json report.json` writes it. Fields are only ever added.',
    '',
    '| field | type | meaning |',
    '| --- | --- | --- |',
    ...rowsOf(schema, ''),
    '',
  ].join('\n');
}

function rowsOf(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = `${prefix}${key}`;
    const core = field.anyOf?.find((each) => each.type !== 'null') ?? field;
    const inner = core.type === 'array' ? (core.items ?? {}) : core;
    return [
      `| \`${name}\` | ${typeOf(field)} | ${field.description ?? core.description ?? ''} |`,
      ...rowsOf(inner, core.type === 'array' ? `${name}[].` : `${name}.`),
    ];
  });
}

function typeOf(field: JsonSchema): string {
  if (field.anyOf !== undefined) return field.anyOf.map(typeOf).join(' or ');
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}`;
  if (typeof field.additionalProperties === 'object') return `object of ${typeOf(field.additionalProperties)} by name`;
  return Array.isArray(field.type) ? field.type.join(' or ') : String(field.type ?? 'any');
}
