import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VariableScope } from '../../../lab/cloud/asl/variable-scope.ts';
import { LAMBDA, machine, region, run } from './run-machine.ts';

const show = (expression: string) => ({ Type: 'Pass', Output: `{% ${expression} %}`, End: true });

describe('variables', () => {
  it('are seen by the states after the assignment', async () => {
    const { result } = await run(
      machine({ Set: { Type: 'Pass', Assign: { epoch: 7 }, Next: 'Show' }, Show: show('$epoch') }),
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: 7 });
  });

  it('keep their old values for all expressions of the state that assigns them', async () => {
    const { result } = await run(
      machine({
        Set: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'Swap' },
        Swap: { Type: 'Pass', Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: '{% [$a, $b] %}', Next: 'Show' },
        Show: show('[$states.input, $a, $b]'),
      }),
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: [1, 2, 2, 1] });
  });

  it('of the machine are read inside branches, and those of a branch stay there', async () => {
    const { result } = await run(
      machine({
        Set: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'Split' },
        Split: {
          Type: 'Parallel',
          Branches: [
            region({ SetA: { Type: 'Pass', Assign: { mine: 'a' }, Next: 'ShowA' }, ShowA: show('$outer & $mine') }),
            region({ SetB: { Type: 'Pass', Assign: { mine: 'b' }, Next: 'ShowB' }, ShowB: show('$outer & $mine') }),
          ],
          Next: 'Show',
        },
        Show: show('[$states.input, $exists($mine)]'),
      }),
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: ['oa', 'ob', false] });
  });

  it('take the result of a task, and leave its output alone', async () => {
    const { result, events } = await run(
      machine({
        Call: { Type: 'Task', Resource: LAMBDA, Assign: { answer: '{% $states.result.n %}' }, Next: 'Show' },
        Show: show('[$answer, $states.input.n]'),
      }),
      { resource: () => ({ n: 42 }) },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: [42, 42] });
    const exited = events.find((event) => event.type === 'TaskStateExited')?.stateExitedEventDetails;
    expect(exited?.assignedVariables).toEqual({ answer: '42' });
  });

  it('do not hide each other between iterations of a Map', async () => {
    const { result } = await run(
      machine({
        Each: {
          Type: 'Map',
          ItemProcessor: region({
            Set: { Type: 'Pass', Assign: { n: '{% $states.input * 10 %}' }, Next: 'Wait' },
            Wait: { Type: 'Wait', Seconds: 1, Next: 'Show' },
            Show: show('$n'),
          }),
          End: true,
        },
      }),
      { input: [1, 2, 3] },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: [10, 20, 30] });
  });

  it.each([
    ['set by the rule that matches', { go: true }, 'rule'],
    ['set by the Choice itself when the default is taken', { go: false }, 'default'],
  ])('of a Choice are %s', async (_claim, input, expected) => {
    const { result } = await run(
      machine({
        Choose: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.go %}', Assign: { by: 'rule' }, Next: 'Show' }],
          Assign: { by: 'default' },
          Default: 'Show',
        },
        Show: show('$by'),
      }),
      { input },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: expected });
  });
});

describe('a scope', () => {
  const NAMES = ['a', 'b', 'c', 'd'];
  const values = fc.dictionary(fc.constantFrom(...NAMES), fc.integer());

  it('reads as if all that was assigned around it and in it were laid over each other, and changes nothing around it', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), fc.array(values), (depths, later) => {
        const scopes: VariableScope[] = [];
        for (const assigned of depths) {
          const scope = new VariableScope(scopes.at(-1));
          scope.assign(assigned);
          scopes.push(scope);
        }
        const innermost = scopes.at(-1);
        for (const assigned of later) innermost?.assign(assigned);
        for (const [depth, scope] of scopes.entries()) {
          const assigned = [...depths.slice(0, depth + 1), ...(scope === innermost ? later : [])];
          const expected = Object.assign({}, ...assigned) as Record<string, number | undefined>;
          for (const name of NAMES) expect(scope.get(name)).toBe(expected[name]);
        }
      }),
    );
  });
});
