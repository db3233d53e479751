/**
 * @module What can be known about an expression before it runs.
 *
 * Guarantees: an expression that passes parses, and reads nothing but variables and the fields of `$states` that its place
 * has; a bare name, which would read an input that isn't there, is refused with the name.
 */
import jsonata from 'jsonata';
import type { State } from './definition.ts';
import type { Diagnostic } from './diagnostic.ts';
import { expressionText } from './expression.ts';

/** A node of the parsed expression. The library's type leaves out several fields. */
interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly [field: string]: unknown;
}

/** The fields of `$states` that only some places have. */
type PlaceField = 'result' | 'errorOutput';

/** Checks every expression of a state, wherever it stands, except in the regions inside. */
export function* checkStateExpressions(state: State, location: string): Generator<Diagnostic> {
  const hasResult = state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map';
  for (const [field, value] of Object.entries(state)) {
    if (field === 'Branches' || field === 'ItemProcessor') continue;
    if (field === 'Choices' || field === 'Catch') {
      for (const [index, clause] of (value as object[]).entries()) {
        yield* checkFields(clause, `${location}/${field}[${index}]`, field === 'Catch' ? 'errorOutput' : undefined);
      }
      continue;
    }
    yield* checkFields({ [field]: value as unknown }, location, hasResult ? 'result' : undefined);
  }
}

function* checkFields(fields: object, location: string, ofOutcome: PlaceField | undefined): Generator<Diagnostic> {
  for (const [field, value] of Object.entries(fields)) {
    if (field === 'Comment') continue;
    const available = field === 'Assign' || field === 'Output' ? ofOutcome : undefined;
    yield* checkTemplate(value, `${location}/${field}`, available);
  }
}

function* checkTemplate(value: unknown, location: string, available: PlaceField | undefined): Generator<Diagnostic> {
  const text = expressionText(value);
  if (text !== undefined) yield* checkExpression(text, location, available);
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* checkTemplate(element, `${location}[${index}]`, available);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* checkTemplate(inner, `${location}/${key}`, available);
  }
}

/** @param available the field of `$states` that the expression's place has besides the input and the context */
function checkExpression(text: string, location: string, available: PlaceField | undefined): Diagnostic[] {
  let tree: Node;
  try {
    tree = jsonata(text).ast() as unknown as Node;
  } catch (error) {
    const message =
      typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
    return [{ code: 'INVALID_JSONATA_EXPRESSION', message, location }];
  }
  const [newer] = newerOperatorsIn(tree, text);
  if (newer !== undefined) {
    const message = `The symbol "${newer}" cannot be used as a unary operator`;
    return [{ code: 'INVALID_JSONATA_EXPRESSION', message, location }];
  }
  const problems = new Set([...referencesIn(tree, true), ...missingFieldsIn(tree, available)]);
  return [...problems].map((message) => ({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message, location }));
}

/**
 * The library knows `??` and `?:`, which the service's JSONata 2.0.6 does not: it takes the first `?` for a condition's and
 * stumbles over what follows, which is what this gives.
 */
function* newerOperatorsIn(value: unknown, text: string): Generator<string> {
  if (Array.isArray(value)) for (const element of value) yield* newerOperatorsIn(element, text);
  if (!isNode(value)) return;
  if (value.type === 'condition' && typeof value.position === 'number') {
    const operator = text.slice(value.position - 2, value.position);
    if (operator === '??' || operator === '?:') yield operator.charAt(1);
  }
  for (const inner of Object.values(value)) yield* newerOperatorsIn(inner, text);
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

function* missingFieldsIn(value: unknown, available: PlaceField | undefined): Generator<string> {
  if (Array.isArray(value)) for (const element of value) yield* missingFieldsIn(element, available);
  if (!isNode(value)) return;
  const [first, second]: unknown[] = Array.isArray(value.steps) ? value.steps : [];
  const field = isVariable(first, 'states') && isNode(second) ? second.value : undefined;
  if ((field === 'result' || field === 'errorOutput') && field !== available) {
    yield `Field '$states.${field}' does not exist.`;
  }
  for (const inner of Object.values(value)) yield* missingFieldsIn(inner, available);
}

function isVariable(value: unknown, name: string): boolean {
  return isNode(value) && value.type === 'variable' && value.value === name;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
