/**
 * @module JSONata expressions, evaluated as the service evaluates them.
 *
 * Guarantees: a string is an expression only when it is wrapped in `{%` and `%}` with nothing around them; an expression
 * sees nothing but the given variables and functions; one that returns nothing is an error, never a missing field.
 */
import jsonata from 'jsonata';
import { limitOf } from './evaluation-limits.ts';
import { NotJsonError, toJson, type Json } from './json.ts';

/** Longer than any evaluation of a payload that fits the quota; only an endless recursion takes it. */
const TIMEOUT_MS = 5_000;
/** The service's own limit for how deep an expression may nest. */
const MAX_DEPTH = 100;

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

const compiled = new Map<string, jsonata.Expression>();

function compile(text: string): jsonata.Expression {
  let expression = compiled.get(text);
  if (expression === undefined) {
    expression = jsonata(text, { timeout: TIMEOUT_MS, stack: MAX_DEPTH });
    compiled.set(text, expression);
  }
  return expression;
}

/**
 * The value of a template: every expression in it, at any depth, replaced by its value.
 * @param field the template's place in the state, such as `Output` or `Choices[0]/Condition`
 * @throws EvaluationError
 */
export async function evaluateTemplate(
  template: Json,
  field: string,
  bindings: Record<string, unknown>,
): Promise<Json> {
  const text = expressionText(template);
  if (text !== undefined) return evaluate(text, field, bindings);
  if (Array.isArray(template)) {
    const values: Json[] = [];
    for (const [index, element] of template.entries()) {
      values.push(await evaluateTemplate(element, `${field}[${index}]`, bindings));
    }
    return values;
  }
  if (typeof template === 'object' && template !== null) {
    const values: Record<string, Json> = {};
    for (const [key, value] of Object.entries(template)) {
      values[key] = await evaluateTemplate(value, `${field}/${key}`, bindings);
    }
    return values;
  }
  return template;
}

async function evaluate(text: string, field: string, bindings: Record<string, unknown>): Promise<Json> {
  let result: unknown;
  try {
    // No context item: a path has to start from `$states` or a variable.
    result = await compile(text).evaluate(undefined, bindings);
  } catch (error) {
    throw new EvaluationError(text, field, `threw an error during evaluation${describe(error)}`);
  }
  if (result === undefined) throw new EvaluationError(text, field, 'returned nothing (undefined).');
  try {
    return toJson(result);
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
  value: unknown,
): EvaluationError {
  const text = expressionText(template) ?? JSON.stringify(template);
  const shown = JSON.stringify(toJson(value));
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
