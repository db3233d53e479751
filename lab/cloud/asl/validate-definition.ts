/**
 * @module The check of a definition that is about to be created: the interpreter's own, and a second opinion.
 *
 * Guarantees: what it returns can run, and an independent validator of the language has nothing against it. The second
 * opinion takes a third of a second, so it is asked for once, at creation, and not where a test has asked for it.
 */
import { createRequire } from 'node:module';
import type { StateMachineDefinition } from './definition.ts';
import { InvalidDefinitionError } from './diagnostic.ts';
import { isJsonObject, type Json } from './json.ts';
import { parseDefinition } from './parse-definition.ts';

type ValidateSyntax = (definition: Json) => {
  readonly errors: readonly { readonly 'Error code': string; readonly Message: string; readonly path?: string }[];
};

/** It has no types of its own. Loaded when it is asked: that takes a tenth of a second. */
const validateSyntax: ValidateSyntax = (definition) =>
  (createRequire(import.meta.url)('asl-validator') as ValidateSyntax)(definition);

/**
 * @param text the definition as JSON
 * @throws InvalidDefinitionError
 */
export function validateDefinition(text: string, secondOpinion = true): StateMachineDefinition {
  const definition = parseDefinition(text);
  if (!secondOpinion) return definition;
  const { errors: all } = validateSyntax(withoutTemplates(JSON.parse(text) as Json));
  const errors = all.filter((error) => error['Error code'] !== STRICTER);
  if (errors.length === 0) return definition;
  throw new InvalidDefinitionError(
    errors.map((error) => ({
      code: 'SCHEMA_VALIDATION_FAILED',
      message: `${error['Error code']}: ${error.Message}`,
      location: error.path ?? '/',
    })),
  );
}

/** The validator wants an end in every branch; the service asks for that of the machine alone. */
const STRICTER = 'MISSING_TERMINAL_STATE';

/** The fields that may hold any JSON. */
const TEMPLATES = new Set(['Arguments', 'Output', 'Assign', 'ItemSelector']);

/**
 * A copy that the validator understands. It wants expressions on one line with a space inside the braces, and templates
 * to be objects; the service does not.
 */
function withoutTemplates(value: Json): Json {
  if (typeof value === 'string') return value.startsWith('{%') ? '{% null %}' : value;
  if (Array.isArray(value)) return value.map(withoutTemplates);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, TEMPLATES.has(key) ? {} : withoutTemplates(inner)]),
  );
}
