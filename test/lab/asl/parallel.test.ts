import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import { chain, LAMBDA, machine, region, run, type Resource } from './run-machine.ts';

const recovery = { Recover: { Type: 'Pass', End: true } };
const waits = (name: string, seconds: number, output: unknown) =>
  region({ [name]: { Type: 'Wait', Seconds: seconds, Output: output, End: true } });
const fails = (name: string, error: string) => region({ [name]: { Type: 'Fail', Error: error, Cause: 'why' } });

describe('Parallel', () => {
  it('gives the outputs in the order of the branches, not of their ends', async () => {
    const { result, elapsedMs } = await run(
      machine({ Split: { Type: 'Parallel', Branches: [waits('A', 5, 'a'), waits('B', 1, 'b')], End: true } }),
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: ['a', 'b'] });
    expect(elapsedMs).toBe(5_000);
  });

  it('gives its arguments, or else its input, to all branches', async () => {
    const show = (name: string) => region({ [name]: { Type: 'Pass', Output: '{% $states.input.n %}', End: true } });
    const split = { Type: 'Parallel', Branches: [show('A'), show('B')], End: true };
    expect((await run(machine({ Split: split }), { input: { n: 1 } })).result).toMatchObject({ output: [1, 1] });
    const shaped = machine({ Split: { ...split, Arguments: { n: '{% $states.input.n + 1 %}' } } });
    expect((await run(shaped, { input: { n: 1 } })).result).toMatchObject({ output: [2, 2] });
  });

  it('chains the events of each branch to its start, and its own end to the last of them', async () => {
    const { events } = await run(
      machine({ Split: { Type: 'Parallel', Branches: [waits('A', 2, 'a'), waits('B', 1, 'b')], End: true } }),
    );
    expect(chain(events)).toEqual([
      '1←0 ExecutionStarted',
      '2←0 ParallelStateEntered',
      '3←2 ParallelStateStarted',
      '4←3 WaitStateEntered',
      '5←3 WaitStateEntered',
      '6←5 WaitStateExited',
      '7←4 WaitStateExited',
      '8←7 ParallelStateSucceeded',
      '9←7 ParallelStateExited',
      '10←9 ExecutionSucceeded',
    ]);
  });

  it('fails with the error of the branch that fails first, and gives the others up at once', async () => {
    const { result, events, elapsedMs } = await run(
      machine({
        Split: { Type: 'Parallel', Branches: [waits('A', 60, 'a'), fails('B', 'Boom'), waits('C', 0, 'c')], End: true },
      }),
    );
    expect(result).toEqual({ status: 'FAILED', error: 'Boom', cause: 'why' });
    expect(elapsedMs).toBe(0);
    expect(chain(events).slice(-4)).toEqual([
      '7←5 WaitStateAborted',
      '8←5 WaitStateAborted',
      '9←5 ParallelStateFailed',
      '10←9 ExecutionFailed',
    ]);
  });

  it('says of a task whose failure ends its branch that it was aborted, as the service does', async () => {
    const resource: Resource = () => {
      throw new TaskError('Boom', 'why');
    };
    const { events } = await run(
      machine({
        Split: {
          Type: 'Parallel',
          Branches: [region({ Call: { Type: 'Task', Resource: LAMBDA, End: true } })],
          End: true,
        },
      }),
      { resource },
    );
    expect(chain(events).slice(-4)).toEqual([
      '7←6 TaskFailed',
      '8←7 TaskStateAborted',
      '9←7 ParallelStateFailed',
      '10←9 ExecutionFailed',
    ]);
  });

  const split = { Type: 'Parallel', Branches: [fails('A', 'Boom')], End: true };

  it.each([
    ['by its own name', 'Boom'],
    ['by States.ALL', 'States.ALL'],
  ])('lets a Catch have the error of a branch %s', async (_claim, name) => {
    const { result } = await run(
      machine({ Split: { ...split, Catch: [{ ErrorEquals: [name], Next: 'Recover' }] }, ...recovery }),
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: { Error: 'Boom', Cause: 'why' } });
  });

  it('has no States.BranchFailed', async () => {
    const { result } = await run(
      machine({ Split: { ...split, Catch: [{ ErrorEquals: ['States.BranchFailed'], Next: 'Recover' }] }, ...recovery }),
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'Boom' });
  });

  it('goes on after a failure that its branch catches itself', async () => {
    const branch = region({
      Call: { Type: 'Task', Resource: LAMBDA, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Note' }], End: true },
      Note: { Type: 'Pass', Output: 'noted', End: true },
    });
    const { result } = await run(
      machine({ Split: { Type: 'Parallel', Branches: [branch, waits('B', 3, 'b')], End: true } }),
      {
        resource: () => {
          throw new TaskError('Boom');
        },
      },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: ['noted', 'b'] });
  });

  const boom = { Type: 'Parallel', Branches: [fails('Fail', 'Boom')], End: true };

  it('has an event of its failure only when no retry is left', async () => {
    const { events } = await run(machine({ Split: { ...boom, Retry: [{ ErrorEquals: ['Boom'], MaxAttempts: 1 }] } }));
    expect(chain(events)).toEqual([
      '1←0 ExecutionStarted',
      '2←0 ParallelStateEntered',
      '3←2 ParallelStateStarted',
      '4←3 FailStateEntered',
      '5←4 ParallelStateStarted',
      '6←5 FailStateEntered',
      '7←6 ParallelStateFailed',
      '8←7 ExecutionFailed',
    ]);
  });

  it('exits from the event of its failure when that is caught', async () => {
    const catches = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Recover' }] };
    const { events } = await run(machine({ Split: { ...boom, ...catches }, ...recovery }));
    expect(chain(events).slice(3)).toEqual([
      '4←3 FailStateEntered',
      '5←4 ParallelStateFailed',
      '6←5 ParallelStateExited',
      '7←6 PassStateEntered',
      '8←7 PassStateExited',
      '9←8 ExecutionSucceeded',
    ]);
  });

  it('fails once more, from where its work stood, when the catcher fails itself', async () => {
    const catches = [
      { ErrorEquals: ['Other'], Next: 'Recover' },
      { ErrorEquals: ['States.ALL'], Output: '{% $states.input.absent %}', Next: 'Recover' },
    ];
    const { events, result } = await run(machine({ Split: { ...boom, Catch: catches }, ...recovery }));
    expect(chain(events).slice(3)).toEqual([
      '4←3 FailStateEntered',
      '5←4 ParallelStateFailed',
      '6←4 EvaluationFailed',
      '7←6 ParallelStateFailed',
      '8←7 ExecutionFailed',
    ]);
    expect(events[5]?.evaluationFailedEventDetails).toMatchObject({ state: 'Split', location: 'Catch[1]/Output' });
    expect(result).toMatchObject({ error: 'States.QueryEvaluationError' });
  });

  it('can fail by itself after its branches have succeeded', async () => {
    const branches = [region({ Inner: { Type: 'Pass', End: true } })];
    const { events } = await run(
      machine({ Split: { Type: 'Parallel', Branches: branches, Output: '{% $states.result.absent %}', End: true } }),
    );
    expect(chain(events).slice(4)).toEqual([
      '5←4 PassStateExited',
      '6←5 ParallelStateSucceeded',
      '7←6 EvaluationFailed',
      '8←7 ParallelStateFailed',
      '9←8 ExecutionFailed',
    ]);
  });

  it('has no event of its failure, nor have the branches, when States.Runtime ends the execution', async () => {
    const choice = { Type: 'Choice', Choices: [{ Condition: false, Next: 'Never' }] };
    const { events, result } = await run(
      machine({
        Split: {
          Type: 'Parallel',
          Branches: [waits('Long', 60, 'a'), region({ Choose: choice, Never: { Type: 'Succeed' } })],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Recover' }],
          End: true,
        },
        ...recovery,
      }),
    );
    expect(chain(events).slice(3)).toEqual(['4←3 WaitStateEntered', '5←3 ChoiceStateEntered', '6←5 ExecutionFailed']);
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it('can be retried as a whole', async () => {
    let attempts = 0;
    const { result, events } = await run(
      machine({
        Split: {
          Type: 'Parallel',
          Branches: [region({ Call: { Type: 'Task', Resource: LAMBDA, End: true } }), waits('B', 0, 'b')],
          Retry: [{ ErrorEquals: ['Boom'] }],
          End: true,
        },
      }),
      {
        resource: () => {
          attempts += 1;
          if (attempts === 1) throw new TaskError('Boom');
          return attempts;
        },
      },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: [2, 'b'] });
    expect(events.filter((event) => event.type === 'ParallelStateStarted')).toHaveLength(2);
  });

  it('gives up what runs inside a sibling at any depth', async () => {
    const nested = region({
      Inner: { Type: 'Parallel', Branches: [waits('A', 9, 'a'), waits('B', 9, 'b')], End: true },
    });
    const late = region({ Wait: { Type: 'Wait', Seconds: 1, Next: 'Fail' }, Fail: { Type: 'Fail', Error: 'Boom' } });
    const { events, elapsedMs } = await run(
      machine({ Split: { Type: 'Parallel', Branches: [nested, late], End: true } }),
    );
    expect(elapsedMs).toBe(1_000);
    expect(events.slice(-5).map((event) => event.type)).toEqual([
      'WaitStateAborted',
      'WaitStateAborted',
      'ParallelStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('stops all branches when the machine runs out of time', async () => {
    const { events, result } = await run(
      machine(
        { Split: { Type: 'Parallel', Branches: [waits('A', 60, 'a'), waits('B', 60, 'b')], End: true } },
        { TimeoutSeconds: 1 },
      ),
    );
    expect(result).toEqual({ status: 'TIMED_OUT' });
    expect(events.at(-1)).toMatchObject({ type: 'ExecutionTimedOut', previousEventId: 0 });
  });
});
