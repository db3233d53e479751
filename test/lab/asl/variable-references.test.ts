import { expect, it } from 'vitest';
import { parseDefinition } from '../../../lab/cloud/asl/parse-definition.ts';
import { variableReferences } from '../../../lab/cloud/asl/variable-references.ts';
import { LAMBDA, machine, region } from './run-machine.ts';

const references = (states: Record<string, unknown>) =>
  variableReferences(parseDefinition(JSON.stringify(machine(states))));

it('tells which variables each state reads, at any depth and in order, and leaves out those that read none', () => {
  expect(
    references({
      Set: { Type: 'Pass', Assign: { limit: 5, bias: 4.3 }, Next: 'Each' },
      Each: {
        Type: 'Map',
        Items: '{% [$limit..9] %}',
        ItemProcessor: region({
          Own: { Type: 'Pass', Assign: { mine: '{% $states.input %}' }, Next: 'Sum' },
          Sum: { Type: 'Pass', Output: { sums: ['{% $sum([$mine, $bias, $limit, $bias]) %}'] }, End: true },
        }),
        Next: 'Choose',
      },
      Choose: { Type: 'Choice', Choices: [{ Condition: '{% $limit > 3 %}', Next: 'Call' }], Default: 'Call' },
      Call: {
        Type: 'Task',
        Resource: LAMBDA,
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { why: '{% $bias %}' }, Next: 'Show' }],
        Next: 'Show',
      },
      Show: { Type: 'Pass', Output: '{% $exists($why) %}', End: true },
    }),
  ).toEqual({ Call: ['bias'], Choose: ['limit'], Each: ['limit'], Show: ['why'], Sum: ['bias', 'limit', 'mine'] });
});

it('does not take a function, nor what an expression binds for itself, for a variable', () => {
  expect(references({ A: { Type: 'Pass', Output: '{% ($x := $sum([1]); $string($x)) %}', End: true } })).toEqual({});
});
