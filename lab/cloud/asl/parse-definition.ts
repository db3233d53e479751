/**
 * @module Reads a state machine's definition.
 *
 * Guarantees: what it returns can run; what can't is refused with every finding and its place. The query language is
 * looked at first, because a definition for JSONPath would otherwise fail on each of its fields.
 */
import type { z } from 'zod';
import { checkMachine } from './check-region.ts';
import { machineSchema, type StateMachineDefinition } from './definition.ts';
import { InvalidDefinitionError, type Diagnostic } from './diagnostic.ts';
import { isJsonObject, type Json } from './json.ts';

/**
 * @param text the definition as JSON
 * @throws InvalidDefinitionError
 */
export function parseDefinition(text: string): StateMachineDefinition {
  const definition = parseJson(text);
  refuse(queryLanguageFindings(definition));
  const parsed = machineSchema.safeParse(definition);
  if (!parsed.success) throw new InvalidDefinitionError(parsed.error.issues.flatMap((issue) => schemaFindings(issue)));
  refuse(checkMachine(parsed.data));
  return parsed.data;
}

function refuse(findings: readonly Diagnostic[]): void {
  if (findings.length > 0) throw new InvalidDefinitionError(findings);
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidDefinitionError([{ code: 'INVALID_JSON_DESCRIPTION', message, location: '/' }]);
  }
}

/** A state's own query language counts, else the machine's, else JSONPath. */
function queryLanguageFindings(definition: Json): Diagnostic[] {
  const machineLanguage = isJsonObject(definition) ? definition.QueryLanguage : undefined;
  return [...statesIn(definition, '')].flatMap(([name, state, location]) => {
    const language = state.QueryLanguage ?? machineLanguage ?? 'JSONPath';
    if (language === 'JSONata') return [];
    const message =
      `State '${name}' uses the QueryLanguage ${JSON.stringify(language)}, and only JSONata is supported: ` +
      `set "QueryLanguage": "JSONata" in the state machine`;
    return [{ code: 'SCHEMA_VALIDATION_FAILED', message, location } as const];
  });
}

/** Every object that stands where a state may, before anything is known about the definition's form. */
function* statesIn(
  value: Json | undefined,
  location: string,
): Generator<[name: string, state: Record<string, Json>, location: string]> {
  if (!isJsonObject(value) || !isJsonObject(value.States)) return;
  for (const [name, state] of Object.entries(value.States)) {
    if (!isJsonObject(state)) continue;
    const place = `${location}/States/${name}`;
    yield [name, state, place];
    yield* statesIn(state.ItemProcessor, `${place}/ItemProcessor`);
    for (const [index, branch] of (Array.isArray(state.Branches) ? state.Branches : []).entries()) {
      yield* statesIn(branch, `${place}/Branches[${index}]`);
    }
  }
}

function schemaFindings(issue: z.core.$ZodIssue): Diagnostic[] {
  const code = 'SCHEMA_VALIDATION_FAILED';
  const place = (path: readonly PropertyKey[]) =>
    path.length === 0
      ? '/'
      : path.map((part) => (typeof part === 'number' ? `[${part}]` : `/${String(part)}`)).join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ code, message: `Field '${key}' is not supported`, location: place(issue.path) }));
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    const field = String(issue.path.at(-1));
    return [{ code, message: `These fields are required: [${field}]`, location: place(issue.path.slice(0, -1)) }];
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const choices = issue.errors.map((errors) => errors.map((error) => error.message).join(' and '));
    return [{ code, message: choices.join(', or '), location: place(issue.path) }];
  }
  return [{ code, message: issue.message, location: place(issue.path) }];
}
