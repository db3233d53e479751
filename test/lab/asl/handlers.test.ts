import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../../lab/cloud/asl/handlers.ts';
import { chain, failing, LAMBDA, machine, run, type Resource } from './run-machine.ts';

const call = (fields: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  machine({ Call: { Type: 'Task', Resource: LAMBDA, End: true, ...fields }, ...more });

const recovery = { Recover: { Type: 'Pass', End: true } };

describe('Retry', () => {
  it('tries three more times by default, after 1, 2 and 4 seconds', async () => {
    const { result, calls, elapsedMs } = await run(call({ Retry: [{ ErrorEquals: ['States.ALL'] }] }), {
      resource: failing('A', 'A', 'A', 'A', 'A'),
    });
    expect(result).toEqual({ status: 'FAILED', error: 'A', cause: 'cause of A' });
    expect(calls).toHaveLength(4);
    expect(elapsedMs).toBe(7_000);
  });

  it('counts the attempts of each retrier apart, as in the example of the guide', async () => {
    const { states, elapsedMs } = await run(
      call(
        {
          Retry: [
            { ErrorEquals: ['A', 'B'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
            { ErrorEquals: ['C'], IntervalSeconds: 5 },
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Recover' }],
        },
        recovery,
      ),
      { resource: failing('A', 'B', 'C', 'B') },
    );
    expect(states).toEqual(['Call', 'Recover']);
    expect(elapsedMs).toBe((1 + 2 + 5) * 1000);
  });

  it('does not try again with MaxAttempts 0, even if a later retrier would', async () => {
    const { calls } = await run(
      call({ Retry: [{ ErrorEquals: ['A'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }] }),
      { resource: failing('A') },
    );
    expect(calls).toHaveLength(1);
  });

  it('leaves the trace of each attempt, and tells the task how often it was retried', async () => {
    const { events, calls } = await run(
      call({ Arguments: { n: '{% $states.context.State.RetryCount %}' }, Retry: [{ ErrorEquals: ['A'] }] }),
      { resource: failing('A') },
    );
    expect(calls).toEqual([{ n: 0 }, { n: 1 }]);
    expect(chain(events)).toEqual([
      '1←0 ExecutionStarted',
      '2←0 TaskStateEntered',
      '3←2 TaskScheduled',
      '4←3 TaskStarted',
      '5←4 TaskFailed',
      '6←5 TaskScheduled',
      '7←6 TaskStarted',
      '8←7 TaskSucceeded',
      '9←8 TaskStateExited',
      '10←9 ExecutionSucceeded',
    ]);
  });

  it.each([
    ['grows by the rate', { IntervalSeconds: 3, BackoffRate: 1.5 }, 2, 6_750],
    ['stays under the limit', { IntervalSeconds: 3, BackoffRate: 2, MaxDelaySeconds: 10 }, 5, 10_000],
    ['is a random part of it with full jitter', { IntervalSeconds: 4, JitterStrategy: 'FULL' as const }, 1, 2_000],
    ['is all of it without', { IntervalSeconds: 4, JitterStrategy: 'NONE' as const }, 1, 8_000],
  ])('waits for a time that %s', (_claim, retrier, used, expected) => {
    expect(retryDelayMs({ ErrorEquals: ['A'], ...retrier }, used, () => 0.25)).toBe(expected);
  });
});

describe('the delays of a retrier', () => {
  const retrier = fc.record({
    ErrorEquals: fc.constant<string[]>(['A']),
    IntervalSeconds: fc.integer({ min: 1, max: 1_000 }),
    BackoffRate: fc.double({ min: 1, max: 4, noNaN: true }),
    MaxDelaySeconds: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
  });
  const used = fc.integer({ min: 0, max: 20 });

  it('begin with the interval, grow by the rate, and never pass the limit', () => {
    fc.assert(
      fc.property(retrier, used, (each, times) => {
        const limitMs = (each.MaxDelaySeconds ?? Infinity) * 1000;
        const delayMs = retryDelayMs(each, times, () => 0);
        const nextMs = retryDelayMs(each, times + 1, () => 0);
        expect(retryDelayMs(each, 0, () => 0)).toBe(Math.min(each.IntervalSeconds * 1000, limitMs));
        expect(nextMs).toBeLessThanOrEqual(limitMs);
        expect(nextMs / Math.min(delayMs * each.BackoffRate, limitMs)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('are with full jitter the same part of the delay as the number drawn is of 1', () => {
    fc.assert(
      fc.property(
        retrier,
        used,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (each, times, drawn) => {
          const wholeMs = retryDelayMs(each, times, () => drawn);
          expect(retryDelayMs({ ...each, JitterStrategy: 'FULL' }, times, () => drawn)).toBeCloseTo(drawn * wholeMs, 6);
        },
      ),
    );
  });
});

describe('Catch', () => {
  it('gives the error and its cause to the next state', async () => {
    const { result, states } = await run(call({ Catch: [{ ErrorEquals: ['A'], Next: 'Recover' }] }, recovery), {
      resource: failing('A'),
    });
    expect(states).toEqual(['Call', 'Recover']);
    expect(result).toEqual({ status: 'SUCCEEDED', output: { Error: 'A', Cause: 'cause of A' } });
  });

  it('shapes output and variables of its own from the error, and the state does not', async () => {
    const { result } = await run(
      call(
        {
          Output: 'not this',
          Assign: { never: 'set' },
          Catch: [
            {
              ErrorEquals: ['A'],
              Output: { why: '{% $states.errorOutput.Cause %}', input: '{% $states.input %}' },
              Assign: { failure: '{% $states.errorOutput.Error %}' },
              Next: 'Recover',
            },
          ],
        },
        { Recover: { Type: 'Pass', Output: '{% [$states.input, $failure, $exists($never)] %}', End: true } },
      ),
      { input: 5, resource: failing('A') },
    );
    expect(result).toEqual({ status: 'SUCCEEDED', output: [{ why: 'cause of A', input: 5 }, 'A', false] });
  });

  it('takes the first that matches', async () => {
    const { states } = await run(
      call(
        {
          Catch: [
            { ErrorEquals: ['B'], Next: 'Other' },
            { ErrorEquals: ['A', 'B'], Next: 'Recover' },
            { ErrorEquals: ['States.ALL'], Next: 'Other' },
          ],
        },
        { ...recovery, Other: { Type: 'Pass', End: true } },
      ),
      { resource: failing('A') },
    );
    expect(states).toEqual(['Call', 'Recover']);
  });

  it('lets an expression be tried again, and says so each time', async () => {
    const { events } = await run(
      call({
        Arguments: { m: '{% $states.input.absent %}' },
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
      }),
    );
    expect(chain(events)).toEqual([
      '1←0 ExecutionStarted',
      '2←0 TaskStateEntered',
      '3←2 EvaluationFailed',
      '4←3 EvaluationFailed',
      '5←4 ExecutionFailed',
    ]);
  });

  it('can catch the failure of an expression', async () => {
    const catches = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Recover' }];
    const { states, calls } = await run(call({ Arguments: '{% $states.input.absent %}', Catch: catches }, recovery));
    expect(states).toEqual(['Call', 'Recover']);
    expect(calls).toEqual([]);
  });
});

describe('the wildcards', () => {
  const TOO_LARGE: Resource = () => 'x'.repeat(262_145);
  const TOO_LONG: Resource = () => new Promise(() => {});
  const timeLimit = { TimeoutSeconds: 5 };

  it.each<[claim: string, name: string, resource: Resource, isCaught: boolean]>([
    ['States.ALL catches an error of the task', 'States.ALL', failing('A'), true],
    ['States.ALL catches a timeout', 'States.ALL', TOO_LONG, true],
    ['States.ALL leaves a result that is too large', 'States.ALL', TOO_LARGE, false],
    ['the name of the error catches a result that is too large', 'States.DataLimitExceeded', TOO_LARGE, true],
    ['States.TaskFailed catches an error of the task', 'States.TaskFailed', failing('A'), true],
    ['States.TaskFailed leaves a timeout', 'States.TaskFailed', TOO_LONG, false],
    ['States.TaskFailed leaves a result that is too large', 'States.TaskFailed', TOO_LARGE, false],
    ['States.Timeout catches a timeout', 'States.Timeout', TOO_LONG, true],
    ['States.Timeout leaves an error of the task', 'States.Timeout', failing('A'), false],
    ['States.HeartbeatTimeout leaves a timeout', 'States.HeartbeatTimeout', TOO_LONG, false],
  ])('%s', async (_claim, name, resource, isCaught) => {
    const catches = [{ ErrorEquals: [name], Next: 'Recover' }];
    const { result } = await run(call({ ...timeLimit, Catch: catches }, recovery), { resource });
    expect(result.status).toBe(isCaught ? 'SUCCEEDED' : 'FAILED');
  });
});
