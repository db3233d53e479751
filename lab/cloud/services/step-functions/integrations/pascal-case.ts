/** @module The members of a call as a state machine writes them, `StateMachineArn` for `stateMachineArn`, and back. */
import { isJsonObject, type Json, type JsonObject } from '../../../asl/json.ts';

/** The members of every structure in Pascal case, in the order of the alphabet as the service gives them. */
export function toPascalCase(value: Json): Json {
  if (Array.isArray(value)) return value.map(toPascalCase);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(
    ([name, inner]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, toPascalCase(inner)] as const,
  );
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function toCamelCase(value: Json): Json {
  if (Array.isArray(value)) return value.map(toCamelCase);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      toCamelCase(inner),
    ]),
  ) satisfies JsonObject;
}
