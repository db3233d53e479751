/**
 * @module The values that flow through a state machine.
 *
 * Guarantees: what leaves `toJson` and `plainCopy` is plain JSON data with no functions, no hidden array properties and no sharing with
 * its source, so that no state can change what another one reads.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/** The service's quota for one payload, in bytes of its UTF-8 text: inputs, arguments, results, outputs, variables. */
export const MAX_PAYLOAD_BYTES = 262_144;

const sources = new WeakMap<object, string>();

/**
 * The value of a text. The text is remembered, so that events which carry the value unchanged show it as it was written.
 * @throws SyntaxError
 */
export function parseJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  if (typeof value === 'object' && value !== null) sources.set(value, text);
  return value;
}

/** The value as JSON text: as it was written, for a value that came from `parseJson` and is still the same. */
export function jsonText(value: Json): string {
  const source = typeof value === 'object' && value !== null ? sources.get(value) : undefined;
  return source ?? JSON.stringify(value);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value has a function in it. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

/**
 * A plain copy of what an expression gave. JSON has no literal for a non-finite number: the service writes it as a string.
 * @throws NotJsonError
 */
export function plainCopy(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON has no negative zero either.
      return Number.isFinite(value) ? value + 0 : String(value);
    case 'object':
      break;
    default:
      throw new NotJsonError(`a ${typeof value} is no JSON`);
  }
  if (value === null) return null;
  // `map` leaves out what the library hangs onto its arrays.
  if (Array.isArray(value)) return value.map(plainCopy);
  if (isFunction(value)) throw new NotJsonError('a function is no JSON');
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(fields.map(([key, inner]) => [key, plainCopy(inner)]));
}

/** A plain copy of what came from outside. */
export function toJson(value: unknown): Json {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** The functions of the expression language, lambdas included, are objects with a mark. */
function isFunction(value: object): boolean {
  return '_jsonata_function' in value || '_jsonata_lambda' in value;
}

/** Whether the value's JSON text is over the payload quota. */
export function exceedsPayloadQuota(value: Json): boolean {
  const text = JSON.stringify(value);
  // UTF-8 needs at most three bytes for each UTF-16 unit, so most payloads need no second look.
  return text.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(text) > MAX_PAYLOAD_BYTES;
}
