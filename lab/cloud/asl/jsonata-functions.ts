/**
 * @module The functions that Step Functions adds to JSONata, and the ones it takes away.
 *
 * Guarantees: `$partition`, `$range`, `$hash`, `$random`, `$uuid` and `$parse` behave as the service's guide says;
 * `$eval` can't be called; `$now` and `$millis` read the interpreter's clock, so they agree with the history's timestamps.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import type { InterpreterPorts } from './ports.ts';

const HASH_ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const MAX_RANGE_LENGTH = 360_145;

const formatMillis = jsonata('$fromMillis($ms, $picture, $timezone)');

/** The functions by name, to be bound beside the variables. */
export function jsonataFunctions(ports: InterpreterPorts): Record<string, unknown> {
  return {
    // Bound to nothing, the name hides the language's own function: a call fails with T1006.
    eval: undefined,
    millis: () => ports.clock.now(),
    now: (picture?: string, timezone?: string) =>
      formatMillis.evaluate(undefined, { ms: ports.clock.now(), picture, timezone }),
    random: (seed?: number) => (seed === undefined ? ports.random() : seededRandom(seed)),
    uuid: () => uuid(ports),
    partition,
    range,
    hash,
    parse,
  };
}

/** Chunks of the given size, the last with what is left; nothing for an empty array or a size below one. */
function partition(items: unknown, chunkSize: unknown): unknown[][] | undefined {
  if (!Array.isArray(items)) throw signatureError(1, 'partition');
  if (typeof chunkSize !== 'number') throw signatureError(2, 'partition');
  const size = Math.trunc(chunkSize);
  if (items.length === 0 || size < 1) return undefined;
  return Array.from({ length: Math.ceil(items.length / size) }, (_unused, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** The numbers from start to end, inclusive, in steps; a single number for a range of one, nothing for an impossible step. */
function range(start: unknown, end: unknown, step: unknown): number[] | number | undefined {
  if (typeof start !== 'number') throw signatureError(1, 'range');
  if (typeof end !== 'number') throw signatureError(2, 'range');
  if (step === undefined) return undefined;
  if (typeof step !== 'number') throw signatureError(3, 'range');
  const [from, to, by] = [Math.trunc(start), Math.trunc(end), Math.trunc(step)];
  if (by === 0 || (to - from) * by < 0) return undefined;
  const length = Math.floor((to - from) / by) + 1;
  if (length > MAX_RANGE_LENGTH) throw new Error('Expression evaluation memory limit exceeded');
  return length === 1 ? from : Array.from({ length }, (_unused, index) => from + index * by);
}

/** The digest in hexadecimal. */
function hash(text: unknown, algorithm: unknown): string | undefined {
  if (typeof text !== 'string') throw signatureError(1, 'hash');
  if (algorithm === undefined) return undefined;
  const name = typeof algorithm === 'string' ? HASH_ALGORITHMS[algorithm] : undefined;
  if (name === undefined) {
    throw new Error(
      `hash algorithm ${JSON.stringify(algorithm)} is not one of ${Object.keys(HASH_ALGORITHMS).join(', ')}`,
    );
  }
  return createHash(name).update(text, 'utf8').digest('hex');
}

/** The JSON value of a text: the service's safe replacement for `$eval`. */
function parse(text: unknown): unknown {
  if (typeof text !== 'string') throw signatureError(1, 'parse');
  return JSON.parse(text);
}

/** The same number in [0, 1) for the same seed (mulberry32; the service doesn't say which generator it uses). */
function seededRandom(seed: number): number {
  let mixed = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
}

/** A version 4 UUID from the interpreter's own randomness, so that an execution can be repeated exactly. */
function uuid(ports: InterpreterPorts): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(ports.random() * 16));
  digits[12] = 4;
  digits[16] = 8 + Math.floor(ports.random() * 4);
  const hex = digits.map((digit) => digit.toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function signatureError(argument: number, name: string): Error {
  return Object.assign(new Error(`Argument ${argument} of function "${name}" does not match function signature`), {
    code: 'T0410',
  });
}
