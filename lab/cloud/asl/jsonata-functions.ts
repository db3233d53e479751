/**
 * @module The functions that Step Functions adds to JSONata, and the ones it takes away.
 *
 * Guarantees: `$partition`, `$range`, `$hash`, `$random`, `$uuid` and `$parse` answer and refuse as the service was measured
 * to (SPEC.md); `$now` and `$millis` read the interpreter's clock, once for all that a field holds.
 */
import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { EvaluationLimitError } from './evaluation-limits.ts';
import { firstDouble } from './java-random.ts';
import type { InterpreterPorts } from './ports.ts';
import { strictJson } from './strict-json.ts';

const HASH_ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** The largest that the service has memory for. */
const MAX_RANGE_LENGTH = 360_145;

const formatMillis = jsonata('$fromMillis($ms, $picture, $timezone)');

/** The functions by name. What the language has under the same name is hidden by them. */
export function jsonataFunctions(ports: InterpreterPorts): Readonly<Record<string, unknown>> {
  const now = ports.clock.now();
  return {
    millis: () => now,
    now: (picture?: string, timezone?: string) => formatMillis.evaluate(undefined, { ms: now, picture, timezone }),
    random: (...args: unknown[]) => random(ports, args),
    uuid: (...args: unknown[]) => uuid(ports, args),
    partition,
    range,
    hash,
    parse,
  };
}

/** Chunks of the given size, the last with what is left; one chunk without a size, nothing for an empty array or size 0. */
function partition(...args: unknown[]): unknown[][] | undefined {
  assertAtMost(2, args, 'partition');
  const [items, chunkSize] = args;
  if (items === undefined) return undefined;
  if (!Array.isArray(items)) {
    throw languageError('T0412', { index: 1, token: 'partition' });
  }
  if (items.length === 0) return undefined;
  if (chunkSize === undefined) return [items];
  const size = wholeNumber(chunkSize, 2, 'partition');
  if (size < 0) throw languageError('D3137', { message: 'Second argument must be zero or greater' });
  if (size === 0) return undefined;
  return Array.from({ length: Math.ceil(items.length / size) }, (_unused, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** The numbers from start to end, inclusive, in steps; a single number for a range of one, nothing for an impossible step. */
function range(...args: unknown[]): number[] | number | undefined {
  assertAtMost(3, args, 'range');
  const from = wholeNumber(args[0], 1, 'range');
  const to = wholeNumber(args[1], 2, 'range');
  if (args[2] === undefined) return undefined;
  const by = wholeNumber(args[2], 3, 'range');
  if (by === 0 || (to - from) * by < 0) return undefined;
  const length = Math.floor((to - from) / by) + 1;
  if (length > MAX_RANGE_LENGTH) throw new EvaluationLimitError('memory');
  return length === 1 ? from : Array.from({ length }, (_unused, index) => from + index * by);
}

/** The digest in hexadecimal. */
function hash(...args: unknown[]): string | undefined {
  assertAtMost(2, args, 'hash');
  const [text, algorithm] = args;
  if (typeof text !== 'string') throw signatureError(1, 'hash');
  if (algorithm === undefined) return undefined;
  if (typeof algorithm !== 'string') throw signatureError(2, 'hash');
  const name = HASH_ALGORITHMS[algorithm];
  if (name === undefined) {
    const known = 'SHA-1, SHA-384, SHA-256, SHA-512, MD5';
    throw languageError('D3137', { message: `Hash algorithm '${algorithm}' must be one of ${known}` });
  }
  return createHash(name).update(text, 'utf8').digest('hex');
}

/** The JSON value of a text: the service's safe replacement for `$eval`. */
function parse(...args: unknown[]): unknown {
  assertAtMost(1, args, 'parse');
  const [text] = args;
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw signatureError(1, 'parse');
  const value = strictJson(text);
  if (value === undefined) throw languageError('D3137', { message: 'Invalid JSON' });
  return value;
}

/** A number in [0, 1), the same for the same seed. */
function random(ports: InterpreterPorts, args: readonly unknown[]): number {
  assertAtMost(1, args, 'random');
  const [seed] = args;
  return seed === undefined ? ports.random() : firstDouble(wholeNumber(seed, 1, 'random'));
}

/** A version 4 UUID from the interpreter's own randomness, so that an execution can be repeated exactly. */
function uuid(ports: InterpreterPorts, args: readonly unknown[]): string {
  assertAtMost(0, args, 'uuid');
  const digits = Array.from({ length: 32 }, () => Math.floor(ports.random() * 16));
  digits[12] = 4;
  digits[16] = 8 + Math.floor(ports.random() * 4);
  const hex = digits.map((digit) => digit.toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The service rounds towards zero. */
function wholeNumber(value: unknown, argument: number, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw signatureError(argument, name);
  return Math.trunc(value);
}

function assertAtMost(count: number, args: readonly unknown[], name: string): void {
  if (args.length > count) throw signatureError(count + 1, name);
}

function signatureError(argument: number, name: string): Error {
  return languageError('T0410', { index: argument, token: name });
}

/** An error of the language: the library words it from its code and these fields. */
function languageError(code: string, fields: { index?: number; token?: string; message?: string }): Error {
  return Object.assign(new Error(), { code, ...fields });
}
