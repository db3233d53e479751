import { describe, expect, it } from 'vitest';
import { evaluateTemplate } from '../../../lab/cloud/asl/expression.ts';
import { jsonataFunctions } from '../../../lab/cloud/asl/jsonata-functions.ts';
import { VirtualClock } from './virtual-clock.ts';

const functions = jsonataFunctions({
  clock: new VirtualClock(),
  random: () => 0.5,
  invoke: async () => ({}),
  onEvent: () => {},
});

const STACK =
  'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive';

/** What the service says of the expression in the field `Output/v`, without the part that every failure begins with. */
async function problem(expression: string): Promise<string> {
  const evaluation = evaluateTemplate(`{% ${expression} %}`, 'Output/v', (name) => functions[name]);
  const error: unknown = await evaluation.catch((failure: unknown) => failure);
  const start = `The JSONata expression '${expression}' specified for the field 'Output/v' `;
  if (!(error instanceof Error) || !error.message.startsWith(start)) throw new Error(`no failure: ${String(error)}`);
  return error.message.slice(start.length);
}

describe('what the service says of an expression that fails', () => {
  it.each<[expression: string, sentence: string]>([
    ["$sum(['a'])", 'T0412: Argument 1 of function "sum" must be an array of "numbers"'],
    ["1 < 'a'", 'T2009: The values 1 and "a" either side of operator "<" must be of the same data type'],
    ['1 + {}', 'T2002: The right side of the "+" operator must evaluate to a number'],
    ['$sqrt(-1)', 'D3060: The sqrt function cannot be applied to a negative number: -1'],
    ["$split('a','b',-1)", 'D3020: Third argument of split function must evaluate to a positive number'],
    ["$each('x', function($v){$v})", 'T0410: Argument 1 of function "each" does not match function signature'],
    ["$eval('1+1')", 'T1006: Attempted to invoke a non-function'],
    ['$partition([1], -1)', 'D3137: Second argument must be zero or greater'],
    ['$partition(null, 2)', 'T0412: Argument 1 of function "partition" must be an array of undefined'],
    ["$partition([1], 'a')", 'T0410: Argument 2 of function "partition" does not match function signature'],
    ['$range(1)', 'T0410: Argument 2 of function "range" does not match function signature'],
    ["$range('0', 4, 1)", 'T0410: Argument 1 of function "range" does not match function signature'],
    ['$range(0, 4, 1, 2)', 'T0410: Argument 4 of function "range" does not match function signature'],
    ["$hash(42, 'MD5')", 'T0410: Argument 1 of function "hash" does not match function signature'],
    ["$hash('a', 5)", 'T0410: Argument 2 of function "hash" does not match function signature'],
    ["$hash('a', 'md5')", "D3137: Hash algorithm 'md5' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5"],
    ["$uuid('seed')", 'T0410: Argument 1 of function "uuid" does not match function signature'],
    ['$random(1, 2)', 'T0410: Argument 2 of function "random" does not match function signature'],
    ['$parse(null)', 'T0410: Argument 1 of function "parse" does not match function signature'],
    ...['not JSON', '', '  ', '{"a":1}{"b":2}', '[1] [2]', '{"a":1,"a":2}', '1e400'].map((text): [string, string] => [
      `$parse('${text}')`,
      'D3137: Invalid JSON',
    ]),
  ])('%s', async (expression, sentence) => {
    expect(await problem(expression)).toBe(`threw an error during evaluation. ${sentence}`);
  });

  it.each<[expression: string, sentence: string]>([
    ['[1..873783] ~> $count()', 'Expression evaluation memory limit exceeded: Check for excessive memory usage'],
    ['$range(1, 360146, 1)', 'Expression evaluation memory limit exceeded: Check for excessive memory usage'],
    ['$range(1, 1000000000, 1)', 'Expression evaluation memory limit exceeded: Check for excessive memory usage'],
    ...['(', '['].map((open): [string, string] => {
      const close = open === '(' ? ')' : ']';
      return [`${open.repeat(100)}1${close.repeat(100)}`, STACK];
    }),
    [`1${'~>$string'.repeat(100)}`, STACK],
    ['($f := function($x){ $x <= 0 ? 0 : 1 + $f($x-1) }; $f(32))', STACK],
  ])('%s, whose error has no code', async (expression, sentence) => {
    expect(await problem(expression)).toBe(`threw an error during evaluation: ${sentence}`);
  });

  it.each(['$sum', '[1, $sum]', '{"f": function($x){ $x }}', '/a/'])(
    '%s gives a function, which is no JSON',
    async (expression) => {
      expect(await problem(expression)).toBe('returned an unsupported result type.');
    },
  );
});

describe('what the service still evaluates', () => {
  it.each<[expression: string, value: unknown]>([
    [`${'('.repeat(99)}1${')'.repeat(99)}`, 1],
    [`1${'~>$string'.repeat(99)}`, '1'],
    ['($f := function($x){ $x <= 0 ? 0 : 1 + $f($x-1) }; $f(31))', 31],
    ['[1..873782] ~> $count()', 873_782],
    ['[1/0]', ['Infinity']],
    ["{'k': -1/0}", { k: '-Infinity' }],
    ['0/0', 'NaN'],
    ["$parse('1.0')", 1],
    ['$string(1e20)', '100000000000000000000'],
    ['$string(1e21)', '1e+21'],
    ['$string(1/3)', '0.333333333333333'],
    ['$formatNumber(1234.5678, "#,##0.00")', '1,234.57'],
  ])('%s', async (expression, value) => {
    expect(await evaluateTemplate(`{% ${expression} %}`, 'Output', (name) => functions[name])).toEqual(value);
  });
});
