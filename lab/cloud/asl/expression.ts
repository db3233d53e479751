/**
 * @module JSONata expressions, evaluated as the service evaluates them.
 *
 * Guarantees: a string is an expression only when it is wrapped in `{%` and `%}` with nothing around them; an expression
 * sees nothing but the given variables and functions; one that returns nothing is an error, never a missing field.
 */
import jsonata from 'jsonata';
import { limitOf } from './evaluation-limits.ts';
import { NotJsonError, plainCopy, type Json } from './json.ts';

/** Longer than any evaluation of a payload that fits the quota; only an endless recursion takes it. */
const TIMEOUT_MS = 5_000;
/** Bound to nothing, the name hides the language's own function: a call fails with T1006. */
const DISABLED = 'eval';
/** The service's own limit for how deep an expression may nest. */
const MAX_DEPTH = 100;
/** The longest sequence of numbers that the service has memory for. */
const MAX_SEQUENCE = 873_782;

/** An expression failed. The message says which one, in which field, and why; the field is relative to the state. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly field: string;

  constructor(expression: string, field: string, problem: string) {
    super(`The JSONata expression '${expression}' specified for the field '${field}' ${problem}`);
    this.field = field;
  }
}

/** The JSONata text inside `{% … %}`, or undefined for any other value. */
export function expressionText(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('{%') || !value.endsWith('%}') || value.length < 4)
    return undefined;
  return value.slice(2, -2).trim();
}

interface Compiled {
  readonly expression: jsonata.Expression;
  /** Every variable and function that it names. What it does not name it can't read: there is no `$eval`. */
  readonly names: ReadonlySet<string>;
}

const cache = new Map<string, Compiled>();

function compile(text: string): Compiled {
  let compiled = cache.get(text);
  if (compiled === undefined) {
    const expression = jsonata(text, { timeout: TIMEOUT_MS, stack: MAX_DEPTH, sequence: MAX_SEQUENCE });
    compiled = { expression, names: new Set(variablesIn(expression.ast())) };
    cache.set(text, compiled);
  }
  return compiled;
}

/** Every variable and function that the expression names. */
export function namesIn(text: string): ReadonlySet<string> {
  return compile(text).names;
}

function* variablesIn(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && node.type === 'variable' && 'value' in node && typeof node.value === 'string') yield node.value;
  for (const inner of Object.values(node)) yield* variablesIn(inner);
}

/** Gives the variables and functions by name; nothing for a name that it doesn't know. */
export type Lookup = (name: string) => unknown;

/**
 * The value of a template: every expression in it, at any depth, replaced by its value.
 * @param field the template's place in the state, such as `Output` or `Choices[0]/Condition`
 * @throws EvaluationError
 */
export async function evaluateTemplate(template: Json, field: string, lookup: Lookup): Promise<Json> {
  const text = expressionText(template);
  if (text !== undefined) return evaluate(text, field, lookup);
  if (Array.isArray(template)) {
    const values: Json[] = [];
    for (const [index, element] of template.entries()) {
      values.push(await evaluateTemplate(element, `${field}[${index}]`, lookup));
    }
    return values;
  }
  if (typeof template === 'object' && template !== null) {
    const values: Record<string, Json> = {};
    for (const [key, value] of Object.entries(template)) {
      values[key] = await evaluateTemplate(value, `${field}/${key}`, lookup);
    }
    return values;
  }
  return template;
}

async function evaluate(text: string, field: string, lookup: Lookup): Promise<Json> {
  let result: unknown;
  try {
    const { expression, names } = compile(text);
    const bindings: Record<string, unknown> = {};
    for (const name of names) {
      const value = lookup(name);
      if (value !== undefined || name === DISABLED) bindings[name] = value;
    }
    // No context item: a path has to start from `$states` or a variable.
    result = await expression.evaluate(undefined, bindings);
  } catch (error) {
    throw new EvaluationError(text, field, `threw an error during evaluation${describe(error)}`);
  }
  if (result === undefined) throw new EvaluationError(text, field, 'returned nothing (undefined).');
  try {
    return plainCopy(result);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    throw new EvaluationError(text, field, 'returned an unsupported result type.');
  }
}

/** An expression gave a value of a type that its field can't take. */
export function unexpectedType(
  template: Json,
  field: string,
  expected: string,
  actual: string,
  value: Json,
): EvaluationError {
  const text = expressionText(template) ?? JSON.stringify(template);
  const shown = JSON.stringify(value);
  const problem = `returned an unexpected result type. Expected '${expected}', but was '${actual}' for value: ${shown}`;
  return new EvaluationError(text, field, problem);
}

/** How the sentence goes on: a full stop and the language's code, or a colon where there is none. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return `: ${String(error)}`;
  const limit = limitOf(error);
  if (limit !== undefined) return `: ${limit}`;
  // The library throws plain objects.
  const { code, message } = error as { code?: string; message?: string };
  return code === undefined ? `: ${message}` : `. ${code}: ${message}`;
}
