/**
 * docs/configuration.md: one table for each section of the configuration, from the schema that checks it.
 *
 * @module
 */
import * as z from 'zod';

import { configSchema } from '../lib/core/config.ts';

const INTRODUCTION = `
<!-- Generated from lib/core/config-schema.ts by scripts/generate-docs.ts -->

# Configuration

One YAML file says what a deployment looks after; [examples/orders.yaml](../examples/orders.yaml) is the smallest
useful one. \`npx cdk synth -c config=<file>\` checks it. An unknown key or a wrong value is refused, with the field,
the value and the fix. The file travels with the code of the functions: a change takes effect when it is deployed.
`;

/** What the page needs of JSON Schema. */
const schemaNode = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  const: z.string().optional(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).default([]),
  get properties() {
    return z.record(z.string(), schemaNode).optional();
  },
  get items() {
    return schemaNode.optional();
  },
  get oneOf() {
    return z.array(schemaNode).optional();
  },
});
type SchemaNode = z.output<typeof schemaNode>;

/** The page as Markdown, not yet laid out. */
export function configurationPage(): string {
  const root = schemaNode.parse(z.toJSONSchema(configSchema, { io: 'input' }));
  return [INTRODUCTION, ...sections(root, '')].join('\n');
}

/** The table of an object, then those of the objects inside it. `path` is the object's own, such as `clusters[].dns`. */
function* sections(node: SchemaNode, path: string): Generator<string> {
  const properties = Object.entries(node.properties ?? {});
  yield [
    `## ${path === '' ? 'The file' : `\`${path}\``}`,
    '',
    '| key | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...properties.map(([key, value]) => {
      const fallback = node.required.includes(key) ? 'required' : defaultText(value);
      return `| ${[`\`${key}\``, typeText(value), fallback, value.description ?? ''].map(cell).join(' | ')} |`;
    }),
    '',
  ].join('\n');
  for (const [key, value] of properties) {
    for (const { object, suffix } of objectsIn(value)) yield* sections(object, `${path && `${path}.`}${key}${suffix}`);
  }
}

/** The objects that a value is, holds, or may be one of. */
function objectsIn(node: SchemaNode): { readonly object: SchemaNode; readonly suffix: string }[] {
  if (node.oneOf !== undefined) return node.oneOf.map((object) => ({ object, suffix: '' }));
  if (node.items?.type === 'object') return [{ object: node.items, suffix: '[]' }];
  return node.type === 'object' ? [{ object: node, suffix: '' }] : [];
}

function typeText(node: SchemaNode): string {
  if (node.const !== undefined) return code(node.const);
  if (node.enum !== undefined) return node.enum.map(code).join(', ');
  if (node.oneOf !== undefined || node.type === 'object') return 'section below';
  if (node.items !== undefined) {
    const each = node.items.type === 'object' ? 'sections below' : typeText(node.items);
    return `list${range(node.minItems, node.maxItems)}: ${each}`;
  }
  if (node.format !== undefined) return { ipv4: 'IPv4 address', email: 'e-mail address' }[node.format] ?? node.format;
  if (node.pattern !== undefined) return `text ${code(node.pattern)}`;
  return `${node.type === 'string' ? 'text' : node.type}${range(node.minimum, node.maximum)}`;
}

function range(least?: number, most = Number.MAX_SAFE_INTEGER): string {
  if (most === Number.MAX_SAFE_INTEGER) return least === undefined ? '' : `, at least ${least}`;
  return `, ${least ?? 0} to ${most}`;
}

function defaultText(node: SchemaNode): string {
  // A section with defaults has the empty object as its own.
  if (node.type === 'object' && node.default !== undefined) return 'its defaults';
  return node.default === undefined ? 'none' : code(JSON.stringify(node.default).replaceAll('"', ''));
}

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|');
