/**
 * @module Reads a state machine's definition.
 *
 * Guarantees: what it returns can run; what can't is refused with every finding and its place. The query language is
 * looked at first, because a definition for JSONPath would otherwise fail on each of its fields.
 */
import { checkMachine } from './check-region.ts';
import { machineSchema, type StateMachineDefinition } from './definition.ts';
import { InvalidDefinitionError, type Diagnostic } from './diagnostic.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { schemaFindings } from './schema-findings.ts';

const code = 'SCHEMA_VALIDATION_FAILED';

/**
 * @param text the definition as JSON
 * @throws InvalidDefinitionError
 */
export function parseDefinition(text: string): StateMachineDefinition {
  const definition = readJson(text);
  refuse(queryLanguageFindings(definition));
  const parsed = machineSchema.safeParse(definition);
  if (!parsed.success) throw new InvalidDefinitionError(schemaFindings(parsed.error.issues));
  refuse(checkMachine(parsed.data));
  return parsed.data;
}

function refuse(findings: readonly Diagnostic[]): void {
  if (findings.length > 0) throw new InvalidDefinitionError(findings);
}

function readJson(text: string): JsonObject {
  let definition: Json;
  try {
    definition = text.trim() === '' ? null : (JSON.parse(text) as Json);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidDefinitionError([{ code: 'INVALID_JSON_DESCRIPTION', message, location: '/' }]);
  }
  if (isJsonObject(definition)) return definition;
  throw new InvalidDefinitionError([{ code, message: 'Definition must be a valid JSON object' }]);
}

/** A state's own query language counts, else the machine's, else JSONPath; a state's is not that of the states inside. */
function queryLanguageFindings(definition: JsonObject): Diagnostic[] {
  const ofMachine = definition.QueryLanguage;
  return [...statesIn(definition, '')].flatMap(([name, state, location]) => {
    const language = state.QueryLanguage ?? ofMachine ?? 'JSONPath';
    if (language === 'JSONPath' && ofMachine === 'JSONata') {
      const message = `'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine`;
      return [{ code, message, location }];
    }
    if (language === 'JSONPath') {
      const message =
        `State '${name}' uses the QueryLanguage "JSONPath", and only JSONata is supported: ` +
        `set "QueryLanguage": "JSONata" in the state machine`;
      return [{ code, message, location }];
    }
    return JSONPATH_FIELDS.filter((field) => field in state).map((field) => {
      const message = `The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage`;
      return { code, message, location };
    });
  });
}

/** The fields that states have for JSONPath only. */
const JSONPATH_FIELDS = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'Parameters',
  'Result',
  'ResultSelector',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'ToleratedFailurePercentagePath',
  'ToleratedFailureCountPath',
  'ErrorPath',
  'CausePath',
] as const;

/** Every object that stands where a state may, before anything is known about the definition's form. */
function* statesIn(
  value: Json | undefined,
  location: string,
): Generator<[name: string, state: JsonObject, location: string]> {
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
