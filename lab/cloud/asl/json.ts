/**
 * @module The values that flow through a state machine.
 *
 * Guarantees: what leaves `toJson` is plain JSON data with no functions, no hidden array properties and no sharing with
 * its source, so that no state can change what another one reads.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/** The service's quota for one payload, in bytes of its UTF-8 text: inputs, arguments, results, outputs, variables. */
export const MAX_PAYLOAD_BYTES = 262_144;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A plain copy of a value. JSON has no literal for a non-finite number: the service writes it as a string. */
export function toJson(value: unknown): Json {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
  ) as string | undefined;
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** Whether the value's JSON text is over the payload quota. */
export function exceedsPayloadQuota(value: Json): boolean {
  const text = JSON.stringify(value);
  // UTF-8 needs at most three bytes for each UTF-16 unit, so most payloads need no second look.
  return text.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(text) > MAX_PAYLOAD_BYTES;
}
