import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lab/cloud/asl/json.ts';
import { timestamp } from '../../../lab/cloud/asl/timestamp.ts';
import { LAMBDA, machine, run } from './run-machine.ts';

const pass = (fields: Record<string, unknown>) => machine({ Start: { Type: 'Pass', End: true, ...fields } });

async function outputOf(fields: Record<string, unknown>, input: Json = {}): Promise<unknown> {
  const { result } = await run(pass(fields), { input });
  return result.status === 'SUCCEEDED' ? result.output : result;
}

describe('output', () => {
  const input = { count: 3, list: [1, 2, 3], nothing: null, text: 'x' };

  it.each<[claim: string, output: unknown, expected: unknown]>([
    ['is the input when the state gives none', undefined, input],
    ['may be any JSON, not only an object', [1, 'two', null], [1, 'two', null]],
    ['evaluates an expression that is all of it', '{% $states.input.count + 1 %}', 4],
    ['evaluates expressions at any depth', { a: [{ b: '{% $states.input.text %}' }] }, { a: [{ b: 'x' }] }],
    ['evaluates an expression without spaces inside the braces', '{%$states.input.count%}', 3],
    ['evaluates an expression over several lines', '{%\n  $states.input.count\n%}', 3],
    ['keeps a string with anything around the braces', ' {% $states.input %} ', ' {% $states.input %} '],
    [
      'keeps the other query language as text',
      { 'a.$': '$.count', b: '$states.input' },
      { 'a.$': '$.count', b: '$states.input' },
    ],
    ['keeps a null that an expression gives', { a: '{% $states.input.nothing %}' }, { a: null }],
    ['writes a number that JSON lacks as text', '{% 1 / 0 %}', 'Infinity'],
    ['gives a single match as itself, not as an array', '{% $states.input.list[$ > 2] %}', 3],
    ['keeps an array that the expression makes', '{% [$states.input.list[$ > 2]] %}', [3]],
  ])('%s', async (_claim, output, expected) => {
    expect(await outputOf(output === undefined ? {} : { Output: output }, input)).toEqual(expected);
  });
});

describe('the context', () => {
  it('names the execution, the machine and the state, with the input and the time of entry', async () => {
    expect(await outputOf({ Output: '{% $states.context %}' }, { a: 1 })).toEqual({
      Execution: {
        Id: 'arn:aws:states:eu-central-1:123456789012:execution:test:one',
        Input: { a: 1 },
        Name: 'one',
        RedriveCount: 0,
        RoleArn: 'arn:aws:iam::123456789012:role/test',
        StartTime: '2026-01-01T00:00:00.000Z',
      },
      StateMachine: { Id: 'arn:aws:states:eu-central-1:123456789012:stateMachine:test', Name: 'test' },
      State: { Name: 'Start', EnteredTime: '2026-01-01T00:00:00Z' },
    });
  });

  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [10, '1970-01-01T00:00:00.010Z'],
  ])('gives the time %d with milliseconds only when there are some', (epochMs, expected) => {
    expect(timestamp(epochMs)).toBe(expected);
  });
});

describe('functions that the service adds', () => {
  it.each<[expression: string, expected: unknown]>([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1,2,3], 2.9)', [[1, 2], [3]]],
    ['$partition([1,2,3])', [[1, 2, 3]]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(-1.7, 2, 1)', [-1, 0, 1, 2]],
    ['$range(4, 1, -1)', [4, 3, 2, 1]],
    ["$parse('-0')", 0],
    ['$range(5, 5, 1)', 5],
    ['$range(-2.9, 0, 1)', [-2, -1, 0]],
    ['$range(5, 1, -1.5)', [5, 4, 3, 2, 1]],
    ['$count($range(1, 360145, 1))', 360_145],
    ['$hash("abc", "SHA-256")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$hash("abc", "MD5")', '900150983cd24fb0d6963f7d28e17f72'],
    ['$parse(\'{"a":[1]}\').a', [1]],
    ["$hash('ñ', 'MD5')", '94e9342ecbb1458b6043ecd3bfcbc192'],
    ['$map([\'{"a":1}\', \'{"a":2}\'], $parse).a', [1, 2]],
    ["$exists($parse('null'))", true],
    ['$parse(\'{"a\\\\":":1}\')', { 'a":': 1 }],
    // As java.util.Random draws them, which the service uses.
    ['$random(42)', 0.7275636800328681],
    ['$random(0)', 0.730967787376657],
    ['$random(0.9)', 0.730967787376657],
    ['$random(7)', 0.7306990420600421],
    ['$random()', 0.5],
    ['$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)', true],
    ['$millis()', Date.UTC(2026, 0, 1)],
    ['$now()', '2026-01-01T00:00:00.000Z'],
    ["$now('[Y0001]-[M01]')", '2026-01'],
  ])('%s', async (expression, expected) => {
    expect(await outputOf({ Output: `{% ${expression} %}` })).toEqual(expected);
  });

  it.each([
    '$partition([1], 0)',
    '$partition([], 2)',
    '$partition([1], -0.5)',
    '$range(1, 3, -1)',
    '$range(1, 3)',
    '$range(1, 5, 0)',
    '$hash("a")',
    '$parse()',
  ])('%s returns nothing, which fails the state', async (expression) => {
    expect(await outputOf({ Output: `{% ${expression} %}` })).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining('returned nothing (undefined).') as string,
    });
  });
});

describe('an expression that fails', () => {
  const where = "An error occurred while executing the state 'Start' (entered at the event id #2). ";

  it.each<[claim: string, fields: Record<string, unknown>, location: string, cause: string]>([
    [
      'names the field and the expression when it returns nothing',
      { Output: { a: ['{% $states.input.absent %}'] } },
      'Output/a[0]',
      "The JSONata expression '$states.input.absent' specified for the field 'Output/a[0]' returned nothing (undefined).",
    ],
    [
      'gives the code and sentence of the language',
      { Output: "{% 1 + 'a' %}" },
      'Output',
      `The JSONata expression '1 + 'a'' specified for the field 'Output' threw an error during evaluation. T2002: The right side of the "+" operator must evaluate to a number`,
    ],
    [
      'can be in an assignment',
      { Assign: { x: '{% $y %}' } },
      'Assign/x',
      "The JSONata expression '$y' specified for the field 'Assign/x' returned nothing (undefined).",
    ],
    [
      "can be the author's own",
      { Output: "{% $error('no candidate') %}" },
      'Output',
      "The JSONata expression '$error('no candidate')' specified for the field 'Output' threw an error during evaluation. D3137: no candidate",
    ],
  ])('%s', async (_claim, fields, location, cause) => {
    const { result, events } = await run(pass(fields));
    const failure = { error: 'States.QueryEvaluationError', cause: where + cause };
    expect(result).toEqual({ status: 'FAILED', ...failure });
    expect(events.at(-2)).toMatchObject({
      type: 'EvaluationFailed',
      previousEventId: 2,
      evaluationFailedEventDetails: { ...failure, location, state: 'Start' },
    });
    expect(events.at(-1)).toMatchObject({ type: 'ExecutionFailed', previousEventId: 3 });
  });

  it('may nest as deep as in the service, and no deeper', async () => {
    const sum = (terms: number) => `{% ${Array<string>(terms).fill('1').join('+')} %}`;
    expect(await outputOf({ Output: sum(100) })).toBe(100);
    expect(await outputOf({ Output: sum(101) })).toMatchObject({ error: 'States.QueryEvaluationError' });
  });
});

describe('payloads', () => {
  const big = 'x'.repeat(262_145);

  it('may be 256 KiB of UTF-8 and no more', async () => {
    const fits = 'ä'.repeat((262_144 - 2) / 2);
    expect(await outputOf({ Output: fits })).toBe(fits);
    expect(await outputOf({ Output: `${fits}x` })).toMatchObject({ error: 'States.DataLimitExceeded' });
    expect(await outputOf({ Assign: { big } })).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  it('of a task fail the task when its result is larger', async () => {
    const task = machine({ Call: { Type: 'Task', Resource: LAMBDA, End: true } });
    const { result, events } = await run(task, { resource: () => big });
    expect(result).toEqual({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
    expect(events.map((event) => event.type)).toContain('TaskFailed');
  });
});
