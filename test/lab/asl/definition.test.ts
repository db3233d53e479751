import { describe, expect, it } from 'vitest';
import { InvalidDefinitionError } from '../../../lab/cloud/asl/diagnostic.ts';
import { parseDefinition } from '../../../lab/cloud/asl/parse-definition.ts';
import { validateDefinition } from '../../../lab/cloud/asl/validate-definition.ts';
import { LAMBDA, machine, region } from './run-machine.ts';

/** What is wrong, as `code at location: message`, or nothing. */
function findings(definition: unknown): string[] {
  try {
    parseDefinition(typeof definition === 'string' ? definition : JSON.stringify(definition));
    return [];
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    return error.diagnostics.map(({ code, message, location }) => `${code} at ${location ?? 'null'}: ${message}`);
  }
}

const pass = (fields: Record<string, unknown> = {}) => machine({ A: { Type: 'Pass', End: true, ...fields } });
const task = (fields: Record<string, unknown> = {}) =>
  machine({ A: { Type: 'Task', Resource: LAMBDA, End: true, ...fields } });

describe('a definition is refused', () => {
  it.each<[claim: string, definition: unknown, finding: string]>([
    ['that is not JSON', '{', 'INVALID_JSON_DESCRIPTION at /: '],
    [
      'without states',
      { QueryLanguage: 'JSONata', StartAt: 'A' },
      'SCHEMA_VALIDATION_FAILED at /: These fields are required: [States]',
    ],
    [
      'for JSONPath, which is the default',
      { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } },
      `SCHEMA_VALIDATION_FAILED at /States/A: State 'A' uses the QueryLanguage "JSONPath", and only JSONata is supported: set "QueryLanguage": "JSONata" in the state machine`,
    ],
    [
      'with one state for JSONPath',
      pass({ QueryLanguage: 'JSONPath' }),
      "SCHEMA_VALIDATION_FAILED at /States/A: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    ],
    [
      'with a query language that there is not',
      pass({ QueryLanguage: 'jsonata' }),
      'SCHEMA_VALIDATION_FAILED at /States/A/QueryLanguage: Value should be one of the following: [JSONPath, JSONata]',
    ],
    [
      'whose Map is for JSONata alone, which does not reach the states inside',
      {
        StartAt: 'A',
        States: {
          A: {
            Type: 'Map',
            QueryLanguage: 'JSONata',
            ItemProcessor: region({ B: { Type: 'Pass', End: true } }),
            End: true,
          },
        },
      },
      "SCHEMA_VALIDATION_FAILED at /States/A/ItemProcessor/States/B: State 'B' uses the QueryLanguage",
    ],
    [
      'with a query language of a processor',
      machine({
        A: {
          Type: 'Map',
          ItemProcessor: { QueryLanguage: 'JSONata', ...region({ B: { Type: 'Pass', End: true } }) },
          End: true,
        },
      }),
      "SCHEMA_VALIDATION_FAILED at /States/A/ItemProcessor: Field 'QueryLanguage' is not supported",
    ],
    [
      'with a state for JSONPath in a branch',
      machine({
        A: {
          Type: 'Parallel',
          Branches: [region({ B: { Type: 'Pass', QueryLanguage: 'JSONPath', End: true } })],
          End: true,
        },
      }),
      "SCHEMA_VALIDATION_FAILED at /States/A/Branches[0]/States/B: 'QueryLanguage' can not be 'JSONPath'",
    ],
    [
      'with a field that the state has not',
      pass({ Resource: LAMBDA }),
      "SCHEMA_VALIDATION_FAILED at /States/A: Field 'Resource' is not supported",
    ],
    [
      'with a field of the other query language',
      task({ ResultPath: '$' }),
      "SCHEMA_VALIDATION_FAILED at /States/A: The QueryLanguage is set to 'JSONata', but field 'ResultPath' is only supported for the 'JSONPath' QueryLanguage",
    ],
    ['with an unknown type', machine({ A: { Type: 'Loop' } }), 'SCHEMA_VALIDATION_FAILED at /States/A/Type: '],
    [
      'without a resource',
      machine({ A: { Type: 'Task', End: true } }),
      'SCHEMA_VALIDATION_FAILED at /States/A: These fields are required: [Resource]',
    ],
    [
      'with a time limit of zero',
      task({ TimeoutSeconds: 0 }),
      'SCHEMA_VALIDATION_FAILED at /States/A/TimeoutSeconds: Minimum value is 1',
    ],
    [
      'with fewer than no iterations at once',
      machine({
        A: { Type: 'Map', MaxConcurrency: -1, ItemProcessor: region({ B: { Type: 'Pass', End: true } }), End: true },
      }),
      'SCHEMA_VALIDATION_FAILED at /States/A/MaxConcurrency: Minimum value is 0',
    ],
    [
      'with a longer wait than there is',
      machine({ A: { Type: 'Wait', Seconds: 1e9, End: true } }),
      'SCHEMA_VALIDATION_FAILED at /States/A/Seconds: Maximum value is 99999999',
    ],
    [
      'with a time limit of a state that has no time limit',
      pass({ TimeoutSeconds: 5 }),
      "SCHEMA_VALIDATION_FAILED at /States/A: Field 'TimeoutSeconds' is not supported",
    ],
    ['that is empty', '', 'SCHEMA_VALIDATION_FAILED at null: Definition must be a valid JSON object'],
    [
      'without anything in it',
      { QueryLanguage: 'JSONata' },
      'SCHEMA_VALIDATION_FAILED at /: These fields are required: [States, StartAt]',
    ],
    [
      'with a number for a name',
      machine({ A: { Type: 'Task', Resource: 5, End: true } }),
      'SCHEMA_VALIDATION_FAILED at /States/A/Resource: Expected value of type [STRING]',
    ],
    [
      'with a resource that is no ARN',
      task({ Resource: 'f' }),
      'SCHEMA_VALIDATION_FAILED at /States/A/Resource: Value is not a valid resource ARN',
    ],
    [
      'with a distributed Map',
      machine({
        A: {
          Type: 'Map',
          ItemProcessor: {
            ...region({ B: { Type: 'Pass', End: true } }),
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          },
          End: true,
        },
      }),
      'SCHEMA_VALIDATION_FAILED at /States/A/ItemProcessor/ProcessorConfig/Mode',
    ],
    [
      'with a timestamp that has no offset',
      machine({ A: { Type: 'Wait', Timestamp: '2026-01-01T00:00:00', End: true } }),
      'SCHEMA_VALIDATION_FAILED at /States/A/Timestamp: ',
    ],
    [
      'with two durations to wait',
      machine({ A: { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true } }),
      'SCHEMA_VALIDATION_FAILED at /States/A: Exactly one of [Seconds, Timestamp] is required',
    ],
    ['with a state that goes nowhere', machine({ A: { Type: 'Pass' } }), 'MISSING_END_STATE at null: '],
    [
      'with a state that both ends and goes on',
      pass({ Next: 'A' }),
      'SCHEMA_VALIDATION_FAILED at /States/A: Exactly one of [Next, End] is required',
    ],
    [
      'with a target that is not there',
      machine({
        A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B' }], Default: 'C' },
        B: { Type: 'Succeed' },
      }),
      "MISSING_TRANSITION_TARGET at /States/A/Default: Missing 'Next' target: C",
    ],
    [
      'with a rule that goes to a state that is not there',
      machine({
        A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'C' }], Default: 'B' },
        B: { Type: 'Succeed' },
      }),
      "MISSING_TRANSITION_TARGET at /States/A/Choices[0]/Next: Missing 'Next' target: C",
    ],
    [
      'with a catcher that goes to a state that is not there',
      task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }] }),
      "MISSING_TRANSITION_TARGET at /States/A/Catch[0]/Next: Missing 'Next' target: C",
    ],
    [
      'with a target in another region',
      machine({
        A: { Type: 'Parallel', Branches: [region({ B: { Type: 'Pass', Next: 'C' } })], Next: 'C' },
        C: { Type: 'Succeed' },
      }),
      "MISSING_TRANSITION_TARGET at /States/A/Branches[0]/States/B/Next: Missing 'Next' target: C",
    ],
    [
      'with a start that is not there',
      { ...pass(), StartAt: 'B' },
      "MISSING_TRANSITION_TARGET at /StartAt: Missing 'Next' target: B",
    ],
    [
      'with a state that nothing leads to',
      machine({ A: { Type: 'Succeed' }, B: { Type: 'Succeed' } }),
      'MISSING_TRANSITION_TARGET at /States/B: State "B" is not reachable.',
    ],
    [
      'that never ends',
      machine({ A: { Type: 'Pass', Next: 'A' } }),
      'MISSING_END_STATE at null: Workflow has no terminal state',
    ],
    [
      'whose end nothing leads to',
      machine({ A: { Type: 'Pass', Next: 'A' }, B: { Type: 'Succeed' } }),
      'MISSING_TRANSITION_TARGET at /States/B: State "B" is not reachable.',
    ],
    [
      'with the same name in two regions',
      machine({ A: { Type: 'Parallel', Branches: [region({ A: { Type: 'Pass', End: true } })], End: true } }),
      'DUPLICATE_STATE_NAME at /States/A/Branches[0]/States/A: Duplicate State name: A',
    ],
    [
      'with a name of more than 80 characters',
      machine({ ['A'.repeat(81)]: { Type: 'Succeed' } }),
      `SCHEMA_VALIDATION_FAILED at /States/${'A'.repeat(81)}: State name is longer than 80 characters`,
    ],
    [
      'with a wildcard among other errors',
      task({ Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] }),
      "SCHEMA_VALIDATION_FAILED at /States/A/Retry[0]/ErrorEquals: 'States.ALL' must be alone in the last ErrorEquals",
    ],
    [
      'with a wildcard before other errors',
      task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }),
      "SCHEMA_VALIDATION_FAILED at /States/A/Retry[0]/ErrorEquals: 'States.ALL' must be alone in the last ErrorEquals",
    ],
    [
      'that assigns the reserved variable',
      pass({ Assign: { states: 1 } }),
      "SCHEMA_VALIDATION_FAILED at /States/A/Assign/states: Variable name 'states' is reserved",
    ],
    [
      'that assigns to something that is no name',
      pass({ Assign: { 'a-b': 1 } }),
      "SCHEMA_VALIDATION_FAILED at /States/A/Assign/a-b: Invalid variable name 'a-b'",
    ],
    [
      'that assigns a variable of an outer scope inside',
      machine({
        A: {
          Type: 'Parallel',
          Assign: { x: 1 },
          Branches: [region({ B: { Type: 'Pass', Assign: { x: 2 }, End: true } })],
          End: true,
        },
      }),
      "DUPLICATE_VARIABLE_NAME at /States/A/Branches[0]/States/B/Assign/x: The variable name 'x' was already defined in a parent scope.",
    ],
    [
      'with an expression that does not parse',
      pass({ Output: { v: '{% a[1,2) %}' } }),
      'INVALID_JSONATA_EXPRESSION at /States/A/Output/v: Expected "]", got ","',
    ],
    [
      'with a name that is no variable',
      pass({ Output: { v: '{% phone %}' } }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output/v: Reference to 'phone' at the top level is not supported.",
    ],
    [
      'with a forgotten dollar sign',
      pass({ Output: ['{% states.input %}'] }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output[0]: Reference to 'states' at the top level is not supported.",
    ],
    [
      'with a name inside a lambda',
      pass({ Output: '{% $map([1], function($x){ b }) %}' }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output: Reference to 'b' at the top level is not supported.",
    ],
    [
      'with the context of the other query language',
      pass({ Output: '{% $$.Execution.Id %}' }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output: Reference to '$$' is not supported.",
    ],
    [
      'with the context item of nothing',
      pass({ Output: '{% $string($) %}' }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output: Reference to '$' at the top level is not supported.",
    ],
    [
      'with a result where there is no work',
      pass({ Output: '{% $states.result %}' }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output: Field '$states.result' does not exist.",
    ],
    [
      'with a result before the work',
      task({ Arguments: '{% $states.result %}' }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Arguments: Field '$states.result' does not exist.",
    ],
    [
      'with a broken expression beside a field named as one of a state',
      pass({ Output: { Comment: '{% b %}' } }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output/Comment: Reference to 'b' at the top level is not supported.",
    ],
    [
      'with the error output outside of a Catch',
      task({ Output: '{% $states.errorOutput.Error %}' }),
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output: Field '$states.errorOutput' does not exist.",
    ],
  ])('%s', (_claim, definition, finding) => {
    expect(findings(definition).filter((found) => found.startsWith(finding))).toHaveLength(1);
  });

  it('with every finding in one message', () => {
    const definition = machine({ A: { Type: 'Pass', Output: '{% b %}', Next: 'C' } });
    expect(() => parseDefinition(JSON.stringify(definition))).toThrow(
      "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Next, " +
        "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'b' at the top level is not supported. at /States/A/Output, " +
        "MISSING_END_STATE: Workflow has no terminal state at null'",
    );
  });

  it('with nothing said of states that can not be reached when it has no end', () => {
    const definition = machine({ A: { Type: 'Pass', Next: 'A' }, B: { Type: 'Pass', Next: 'A' } });
    expect(findings(definition)).toEqual(['MISSING_END_STATE at null: Workflow has no terminal state']);
  });

  it('with all its states out of reach when its start is not there', () => {
    expect(findings({ ...pass(), StartAt: 'B' })).toEqual([
      "MISSING_TRANSITION_TARGET at /StartAt: Missing 'Next' target: B",
      'MISSING_TRANSITION_TARGET at /States/A: State "A" is not reachable.',
    ]);
  });

  it.each<[expression: string, message: string]>([
    ['a[1,2)', 'Expected "]", got ","'],
    ['"unterminated', 'String literal must be terminated by a matching quote'],
    ['1 +', 'Unexpected end of expression'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'],
    ['$x :=', 'Unexpected end of expression'],
    ['$match("a", /abc', 'No terminating / in regular expression'],
    // Newer than the JSONata of the service.
    ['$states.input.a ?? 1', 'The symbol "?" cannot be used as a unary operator'],
    ['[1, $states.input.a ?: 1]', 'The symbol ":" cannot be used as a unary operator'],
    ['phone %.other', 'The symbol "." cannot be used as a unary operator'],
    ['', 'Unexpected end of expression'],
  ])('for the expression %j', (expression, message) => {
    expect(findings(pass({ Output: `{% ${expression} %}` }))).toEqual([
      `INVALID_JSONATA_EXPRESSION at /States/A/Output: ${message}`,
    ]);
  });

  it.each<[names: string[], expressions: string[]]>([
    [
      ['phone'],
      [
        'phone',
        'phone[0].number',
        '-phone',
        '$states.input.a ? phone : 2',
        "phone & 'x'",
        'phone in $states.input.b',
        '$sum(phone)',
        'phone(1)',
        'phone ~> $string()',
        '[1..phone]',
        '(phone).other',
        '[phone].other',
        '{phone: 1}',
        '($x := phone; $x)',
        '$map($states.input.a, function($y){ phone })',
        '$count(phone[inner])',
        'phone.**.deeper',
        'phone + phone',
      ],
    ],
    [['$'], ['$', '$.phone', '$[0]', '$string($)', '$map($states.input.a, function($x){ $ })']],
    [
      ['aaa', 'bbb'],
      ['aaa + bbb', '(aaa; bbb)', '$number(aaa) + $number(bbb)'],
    ],
    [['bbb', 'aaa'], ['[bbb, aaa]']],
  ])('that reads %j from nowhere, once each and in the order of writing', (names, expressions) => {
    const expected = names.map(
      (name) =>
        `UNSUPPORTED_JSONATA_EXPRESSION at /States/A/Output: Reference to '${name}' at the top level is not supported.`,
    );
    for (const expression of expressions) {
      expect([expression, findings(pass({ Output: `{% ${expression} %}` }))]).toEqual([expression, expected]);
    }
  });
});

describe('a definition is accepted', () => {
  it.each<[claim: string, definition: unknown]>([
    [
      'whose states each name their query language',
      { StartAt: 'A', States: { A: { Type: 'Pass', QueryLanguage: 'JSONata', End: true } } },
    ],
    [
      'whose branch goes round for ever',
      machine({
        A: { Type: 'Parallel', Branches: [region({ B: { Type: 'Pass', Next: 'B' } })], End: true },
      }),
    ],
    ['with conditions that look like newer operators', pass({ Output: "{% [1 ? 2 : 3, '??' ? '?:' : 4] %}" })],
    ['that calls $eval, which fails when it runs', pass({ Output: "{% $eval('1') %}" })],
    [
      'with a result after the work',
      task({ Assign: { r: '{% $states.result %}' }, Output: ['{% $states.result.Payload %}'] }),
    ],
    ...[
      '$states.input.items[phone > 3]',
      '$states.input.a^(phone)',
      "$states.input.a{'k': phone}",
      '**.phone',
      '$states.input.a.(phone)',
      '$states.input.a.$phone',
      '$phone',
      "{'k': 1}.phone",
      '$states.input.a[0][phone]',
      'function($x){ $x.phone }',
      '$map($states.input.a, function($x){ $x.phone })',
      '$states',
      '$states.error',
    ].map((expression): [string, unknown] => [`that reads ${expression}`, pass({ Output: `{% ${expression} %}` })]),
    ['with names after the first step of a path', pass({ Output: '{% $states.input.items[value > 3]^(rank).name %}' })],
    ['with names in what a step makes', pass({ Output: '{% $states.input.items.{"id": id, "sum": $sum(parts.n)} %}' })],
    ['with names in a grouping', pass({ Output: '{% $states.input.items{id: name} %}' })],
    ['with the context item in a predicate', pass({ Output: '{% $states.input.items[$ > 3] %}' })],
    ['with a transformation', pass({ Output: '{% $states.input ~> |nodes|{"seen": name}| %}' })],
    [
      'with the error output in a Catch',
      machine({
        A: {
          Type: 'Task',
          Resource: LAMBDA,
          Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Cause %}', Next: 'B' }],
          Next: 'B',
        },
        B: { Type: 'Succeed' },
      }),
    ],
    [
      'with the same variable in sibling branches',
      machine({
        A: {
          Type: 'Parallel',
          Branches: [
            region({ B: { Type: 'Pass', Assign: { x: 1 }, End: true } }),
            region({ C: { Type: 'Pass', Assign: { x: 2 }, End: true } }),
          ],
          End: true,
        },
      }),
    ],
  ])('%s', (_claim, definition) => {
    expect(findings(definition)).toEqual([]);
  });
});

describe('the second opinion', () => {
  const everything = machine(
    {
      Pass: { Type: 'Pass', Comment: 'c', Assign: { a: '', b: [1] }, Output: ['{%$states.input%}', ''], Next: 'Task' },
      Task: {
        Type: 'Task',
        Resource: LAMBDA,
        Arguments: { FunctionName: 'f', Payload: '{%\n$a\n%}' },
        TimeoutSeconds: '{% 5 %}',
        HeartbeatSeconds: 2,
        Retry: [
          {
            ErrorEquals: ['A'],
            IntervalSeconds: 1,
            MaxDelaySeconds: 5,
            JitterStrategy: 'FULL',
            BackoffRate: 1.5,
            MaxAttempts: 0,
          },
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { why: '{% $states.errorOutput %}' }, Output: 5, Next: 'Fail' }],
        Next: 'Choice',
      },
      Choice: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $a = 1 %}', Assign: { c: 1 }, Output: '{% $a %}', Next: 'Wait' }],
        Default: 'Map',
      },
      Wait: { Type: 'Wait', Timestamp: '{% $now() %}', Next: 'Map' },
      Map: {
        Type: 'Map',
        Items: '{% [1] %}',
        ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
        MaxConcurrency: 2,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...region({ Inner: { Type: 'Pass', End: true } }) },
        Next: 'Parallel',
      },
      Parallel: {
        Type: 'Parallel',
        Arguments: '{% $a %}',
        Branches: [region({ Branch: { Type: 'Succeed', Output: true } })],
        End: true,
      },
      Fail: { Type: 'Fail', Error: '{% $why.Error %}', Cause: 'c' },
    },
    { TimeoutSeconds: 600, Version: '1.0', Comment: 'c' },
  );

  it('has nothing against anything that the interpreter runs', () => {
    expect(() => validateDefinition(JSON.stringify(everything))).not.toThrow();
  });

  it('does not ask for more than the service', () => {
    const round = region({ B: { Type: 'Pass', Next: 'B' } });
    const definition = machine({ A: { Type: 'Parallel', Branches: [round], End: true } });
    expect(() => validateDefinition(JSON.stringify(definition))).not.toThrow();
  });

  it('comes after the interpreter’s own checks', () => {
    expect(() => validateDefinition('{}')).toThrow('These fields are required: [States, StartAt]');
  });
});
