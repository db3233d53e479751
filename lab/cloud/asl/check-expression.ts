/**
 * @module What can be known about an expression before it runs.
 *
 * Guarantees: an expression that passes parses, and reads nothing but `$states` and variables; a bare name, which would
 * read an input that isn't there, is refused with the name.
 */
import jsonata from 'jsonata';
import type { Diagnostic } from './diagnostic.ts';

/** A node of the parsed expression. The library's type leaves out several fields. */
interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly [field: string]: unknown;
}

/** @param inCatcher whether `$states.errorOutput` has a value in the expression's field */
export function checkExpression(text: string, location: string, inCatcher: boolean): Diagnostic[] {
  let tree: Node;
  try {
    tree = jsonata(text).ast() as unknown as Node;
  } catch (error) {
    const message =
      typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
    return [{ code: 'INVALID_JSONATA_EXPRESSION', message, location }];
  }
  const problems = [...referencesIn(tree, true), ...(inCatcher ? [] : errorOutputReferencesIn(tree))];
  return problems.map((message) => ({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message, location }));
}

/**
 * @param atTopLevel whether the node reads the expression's own context, which is empty; in a predicate, or after the
 *   first step of a path, a name reads the value at hand
 */
function* referencesIn(node: Node, atTopLevel: boolean): Generator<string> {
  if (node.type === 'variable' && node.value === '$') yield `Reference to '$$' is not supported.`;
  if (node.type === 'variable' && node.value === '' && atTopLevel)
    yield `Reference to '$' at the top level is not supported.`;
  if (node.type === 'name' && atTopLevel)
    yield `Reference to '${String(node.value)}' at the top level is not supported.`;
  if (node.type === 'function' && isVariable(node.procedure, 'eval'))
    yield `Function '$eval' is not supported: use '$parse'.`;
  for (const [field, value] of Object.entries(node)) {
    if (field === 'steps' && Array.isArray(value)) {
      for (const [index, step] of value.entries()) yield* referencesInValue(step, atTopLevel && index === 0);
      continue;
    }
    yield* referencesInValue(value, atTopLevel && !VALUE_AT_HAND.has(field));
  }
}

/** The fields of a node that are evaluated for each value that the node gives. */
const VALUE_AT_HAND = new Set(['stages', 'predicate', 'group', 'terms', 'pattern', 'update', 'delete']);

function* referencesInValue(value: unknown, atTopLevel: boolean): Generator<string> {
  if (Array.isArray(value)) for (const element of value) yield* referencesInValue(element, atTopLevel);
  else if (isNode(value)) yield* referencesIn(value, atTopLevel);
}

function* errorOutputReferencesIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const element of value) yield* errorOutputReferencesIn(element);
  if (!isNode(value)) return;
  const [first, second]: unknown[] = Array.isArray(value.steps) ? value.steps : [];
  if (isVariable(first, 'states') && isNode(second) && second.value === 'errorOutput') {
    yield `Reference to '$states.errorOutput' is supported in a Catch only.`;
  }
  for (const inner of Object.values(value)) yield* errorOutputReferencesIn(inner);
}

function isVariable(value: unknown, name: string): boolean {
  return isNode(value) && value.type === 'variable' && value.value === name;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
