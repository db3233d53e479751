import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import { chain, LAMBDA, machine, region, run } from './run-machine.ts';

const each = (states: Record<string, unknown>, fields: Record<string, unknown> = {}) =>
  machine({ Each: { Type: 'Map', ItemProcessor: region(states), End: true, ...fields } });

const double = { Double: { Type: 'Pass', Output: '{% $states.input * 2 %}', End: true } };
const pause = { Pause: { Type: 'Wait', Seconds: 1, End: true } };

describe('Map', () => {
  it('runs its processor for each element of the input, and keeps the order', async () => {
    expect((await run(each(double), { input: [1, 2, 3] })).result).toEqual({ status: 'SUCCEEDED', output: [2, 4, 6] });
  });

  it('gives an empty array for an empty one', async () => {
    const { result, events } = await run(each(double), { input: [] });
    expect(result).toEqual({ status: 'SUCCEEDED', output: [] });
    expect(chain(events).slice(2)).toEqual([
      '3←2 MapStateStarted',
      '4←3 MapStateSucceeded',
      '5←3 MapStateExited',
      '6←5 ExecutionSucceeded',
    ]);
  });

  it.each<[claim: string, fields: Record<string, unknown>, expected: unknown]>([
    ['takes its items from an expression', { Items: '{% $states.input.nodes %}' }, ['a', 'b']],
    ['takes its items as they stand, expressions evaluated', { Items: [1, '{% $states.input.n %}'] }, [1, 5]],
    [
      'shapes each item with what surrounds it',
      {
        Items: '{% $states.input.nodes %}',
        ItemSelector: {
          i: '{% $states.context.Map.Item.Index %}',
          v: '{% $states.context.Map.Item.Value & $states.input.n %}',
        },
      },
      [
        { i: 0, v: 'a5' },
        { i: 1, v: 'b5' },
      ],
    ],
  ])('%s', async (_claim, fields, expected) => {
    const { result } = await run(each({ Same: { Type: 'Pass', End: true } }, fields), {
      input: { nodes: ['a', 'b'], n: 5 },
    });
    expect(result).toEqual({ status: 'SUCCEEDED', output: expected });
  });

  it('lets the states inside see which element they work on', async () => {
    const show = { Show: { Type: 'Pass', Output: '{% $states.context.Map.Item %}', End: true } };
    const { result } = await run(each(show), { input: ['a'] });
    expect(result).toEqual({ status: 'SUCCEEDED', output: [{ Index: 0, Value: 'a', Source: 'STATE_DATA' }] });
  });

  it('fails for items that are not an array', async () => {
    const { result } = await run(each(double, { Items: '{% $states.input.nodes[0] %}' }), { input: { nodes: ['a'] } });
    expect(result).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(`Expected 'array', but was 'string' for value: "a"`) as string,
    });
  });

  it('fails once for a selector that fails for every item', async () => {
    const { events } = await run(each(double, { ItemSelector: '{% $states.input.absent %}' }), { input: [1, 2] });
    expect(chain(events).slice(2)).toEqual([
      '3←2 MapStateStarted',
      '4←3 EvaluationFailed',
      '5←4 MapStateFailed',
      '6←5 ExecutionFailed',
    ]);
  });

  it('fails before it starts for items that are not there', async () => {
    const { events } = await run(each(double, { Items: '{% $states.input.absent %}' }));
    expect(chain(events).slice(1)).toEqual([
      '2←0 MapStateEntered',
      '3←2 EvaluationFailed',
      '4←3 MapStateFailed',
      '5←4 ExecutionFailed',
    ]);
    expect(events[2]?.evaluationFailedEventDetails).toMatchObject({ location: 'Items', state: 'Each' });
  });

  it('shapes an item as its iteration starts, so that the ones before have run when it fails', async () => {
    const selector = '{% $states.context.Map.Item.Value.id %}';
    const { events, calls } = await run(
      each({ Call: { Type: 'Task', Resource: LAMBDA, End: true } }, { ItemSelector: selector, MaxConcurrency: 1 }),
      { input: [{ id: 1 }, {}, { id: 3 }] },
    );
    expect(calls).toEqual([1]);
    expect(chain(events).slice(-5)).toEqual([
      '9←8 TaskStateExited',
      '10←9 MapIterationSucceeded',
      '11←9 EvaluationFailed',
      '12←11 MapStateFailed',
      '13←12 ExecutionFailed',
    ]);
    expect(events[10]?.evaluationFailedEventDetails).toMatchObject({ location: 'ItemSelector', state: 'Each' });
  });

  it('gives up the iterations that have started when an item can not be shaped', async () => {
    const { events } = await run(each(pause, { ItemSelector: '{% $states.context.Map.Item.Value.id %}' }), {
      input: [{ id: 1 }, {}],
    });
    expect(chain(events).slice(2)).toEqual([
      '3←2 MapStateStarted',
      '4←3 MapIterationStarted',
      '5←3 EvaluationFailed',
      '6←5 MapIterationAborted',
      '7←5 MapStateFailed',
      '8←7 ExecutionFailed',
    ]);
  });

  it('says of an iteration that failed only that, beside its chain', async () => {
    const broken = { Broken: { Type: 'Pass', Output: { v: '{% $states.input.absent %}' }, End: true } };
    const { events } = await run(each(broken, { MaxConcurrency: 1 }), { input: [1, 2] });
    expect(chain(events).slice(3)).toEqual([
      '4←3 MapIterationStarted',
      '5←4 PassStateEntered',
      '6←5 EvaluationFailed',
      '7←6 MapIterationFailed',
      '8←6 MapStateFailed',
      '9←8 ExecutionFailed',
    ]);
  });

  it('has no event of its failure, nor has the iteration, when States.Runtime ends the execution', async () => {
    const choose = {
      Choose: { Type: 'Choice', Choices: [{ Condition: false, Next: 'Never' }] },
      Never: { Type: 'Succeed' },
    };
    const { events } = await run(each(choose), { input: [1] });
    expect(chain(events).slice(3)).toEqual([
      '4←3 MapIterationStarted',
      '5←4 ChoiceStateEntered',
      '6←5 ExecutionFailed',
    ]);
  });

  it.each([
    ['one after another with 1', { MaxConcurrency: 1 }, 100, 100_000],
    ['as many as an expression says', { MaxConcurrency: '{% 50 %}' }, 100, 2_000],
    ['40 without', {}, 81, 3_000],
    ['40 with 0', { MaxConcurrency: 0 }, 80, 2_000],
  ])('runs %s', async (_claim, fields, count, expectedMs) => {
    const { elapsedMs } = await run(each(pause, fields), {
      input: Array.from({ length: count }, (_unused, index) => index),
    });
    expect(elapsedMs).toBe(expectedMs);
  });

  it('chains an iteration to the one whose place it takes', async () => {
    const { events } = await run(each(double, { MaxConcurrency: 1 }), { input: [1, 2] });
    expect(chain(events)).toEqual([
      '1←0 ExecutionStarted',
      '2←0 MapStateEntered',
      '3←2 MapStateStarted',
      '4←3 MapIterationStarted',
      '5←4 PassStateEntered',
      '6←5 PassStateExited',
      '7←6 MapIterationSucceeded',
      '8←6 MapIterationStarted',
      '9←8 PassStateEntered',
      '10←9 PassStateExited',
      '11←10 MapIterationSucceeded',
      '12←11 MapStateSucceeded',
      '13←11 MapStateExited',
      '14←13 ExecutionSucceeded',
    ]);
  });

  it('ends with the first iteration that fails, and says how the others ended', async () => {
    const call = { Call: { Type: 'Task', Resource: LAMBDA, End: true } };
    const { result, events, calls } = await run(each(call, { MaxConcurrency: 2 }), {
      input: [0, 1, 2],
      resource: async (item, signal, clock) => {
        await clock.sleep(item === 1 ? 1_000 : 9_000, signal);
        throw new TaskError('Boom', `item ${JSON.stringify(item)}`);
      },
    });
    expect(result).toEqual({ status: 'FAILED', error: 'Boom', cause: 'item 1' });
    expect(calls).toEqual([0, 1]);
    const failedId = events.find((event) => event.type === 'TaskFailed')?.id;
    expect(chain(events.slice(-6))).toEqual([
      `13←${failedId} MapIterationAborted`,
      `14←${failedId} TaskStateAborted`,
      `15←${failedId} MapIterationFailed`,
      `16←${failedId} TaskStateAborted`,
      `17←${failedId} MapStateFailed`,
      '18←17 ExecutionFailed',
    ]);
  });

  it('can catch the failure of an iteration', async () => {
    const { result } = await run(
      machine({
        Each: {
          Type: 'Map',
          ItemProcessor: region({ Halt: { Type: 'Fail', Error: 'Boom' } }),
          Catch: [{ ErrorEquals: ['Boom'], Next: 'Recover' }],
          End: true,
        },
        Recover: { Type: 'Pass', Output: 'recovered', End: true },
      }),
      { input: [1] },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: 'recovered' });
  });
});
