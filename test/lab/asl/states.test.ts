import { describe, expect, it } from 'vitest';
import { StopRequest } from '../../../lab/cloud/asl/ports.ts';
import { chain, LAMBDA, machine, run, type Resource } from './run-machine.ts';
import { VirtualClock } from './virtual-clock.ts';

const never: Resource = () => new Promise(() => {});

describe('Task', () => {
  it('gives its input to the resource when it has no arguments', async () => {
    const { calls } = await run(machine({ Call: { Type: 'Task', Resource: LAMBDA, End: true } }), { input: { a: 1 } });
    expect(calls).toEqual([{ a: 1 }]);
  });

  it('says in the history what was asked of whom, and what came back', async () => {
    const { events } = await run(
      machine({ Call: { Type: 'Task', Resource: LAMBDA, Arguments: { n: 1 }, TimeoutSeconds: 9, End: true } }),
      { resource: () => ({ ok: true }) },
    );
    expect(events[2]?.taskScheduledEventDetails).toEqual({
      resource: 'invoke',
      resourceType: 'lambda',
      region: 'eu-central-1',
      parameters: '{"n":1}',
      timeoutInSeconds: 9,
    });
    expect(events[3]?.taskStartedEventDetails).toEqual({ resource: 'invoke', resourceType: 'lambda' });
    expect(events[4]?.taskSucceededEventDetails).toEqual({
      resource: 'invoke',
      resourceType: 'lambda',
      output: '{"ok":true}',
      outputDetails: { truncated: false },
    });
  });

  it('fails without a cause when its time is over, and then has an empty one for a Catch', async () => {
    const task = { Type: 'Task', Resource: LAMBDA, TimeoutSeconds: '{% $states.input %}', End: true };
    const uncaught = await run(machine({ Call: task }), { input: 5, resource: never });
    expect(uncaught.result).toEqual({ status: 'FAILED', error: 'States.Timeout' });
    expect(uncaught.elapsedMs).toBe(5_000);
    expect(uncaught.events.at(-2)).toMatchObject({
      type: 'TaskTimedOut',
      taskTimedOutEventDetails: { resource: 'invoke', resourceType: 'lambda', error: 'States.Timeout' },
    });
    const caught = await run(
      machine({
        Call: { ...task, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Recover' }] },
        Recover: { Type: 'Pass', End: true },
      }),
      { input: 5, resource: never },
    );
    expect(caught.result).toEqual({ status: 'SUCCEEDED', output: { Error: 'States.Timeout', Cause: '' } });
  });

  it('counts the first missing heartbeat as a timeout of either name', async () => {
    const task = { Type: 'Task', Resource: LAMBDA, TimeoutSeconds: 60, HeartbeatSeconds: 2, End: true };
    const catches = [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Recover' }];
    const { result, elapsedMs } = await run(
      machine({ Call: { ...task, Catch: catches }, Recover: { Type: 'Pass', End: true } }),
      { resource: never },
    );
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.Timeout' } });
    expect(elapsedMs).toBe(2_000);
  });

  it('tells the resource that nobody waits any more when its time is over', async () => {
    let isGivenUp = false;
    await run(machine({ Call: { Type: 'Task', Resource: LAMBDA, TimeoutSeconds: 1, End: true } }), {
      resource: (_args, signal) => {
        signal.addEventListener('abort', () => (isGivenUp = true));
        return new Promise(() => {});
      },
    });
    expect(isGivenUp).toBe(true);
  });

  it('fails as States.TaskFailed when its resource throws anything else than a TaskError', async () => {
    const { result } = await run(machine({ Call: { Type: 'Task', Resource: LAMBDA, End: true } }), {
      resource: () => {
        throw new Error('socket hang up');
      },
    });
    expect(result).toEqual({ status: 'FAILED', error: 'States.TaskFailed', cause: 'socket hang up' });
  });

  it.each([
    ['a text', '{% "5" %}', "Expected 'number', but was 'string' for value: \"5\""],
    ['a part of a second', '{% 0.5 %}', 'returned 0.5, but a whole number between 1 and 99999999 is expected.'],
  ])('refuses %s as its TimeoutSeconds', async (_claim, TimeoutSeconds, cause) => {
    const { result } = await run(machine({ Call: { Type: 'Task', Resource: LAMBDA, TimeoutSeconds, End: true } }));
    expect(result).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(cause) as string,
    });
  });
});

describe('Choice', () => {
  const choice = (conditions: unknown[], fields: Record<string, unknown> = {}) =>
    machine({
      Choose: {
        Type: 'Choice',
        Choices: conditions.map((Condition, index) => ({ Condition, Next: `Way${index}` })),
        ...fields,
      },
      ...Object.fromEntries([...conditions.keys(), 'D'].map((way) => [`Way${way}`, { Type: 'Succeed' }])),
    });

  it('takes the first rule that holds and leaves the others alone', async () => {
    const { states, result } = await run(
      choice(['{% $states.input.n > 5 %}', '{% $states.input.n > 1 %}', "{% $error('not reached') %}"], {
        Default: 'WayD',
      }),
      { input: { n: 3 } },
    );
    expect(states).toEqual(['Choose', 'Way1']);
    expect(result).toEqual({ status: 'SUCCEEDED', output: { n: 3 } });
  });

  it('takes the default when no rule holds', async () => {
    const { states } = await run(choice(['{% false %}'], { Default: 'WayD' }));
    expect(states).toEqual(['Choose', 'WayD']);
  });

  it('fails with the error that nothing catches when there is no default', async () => {
    const definition = choice(['{% false %}']);
    const { WayD: _unreachable, ...states } = definition.States;
    const { result } = await run({ ...definition, States: states });
    expect(result).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Choose' (entered at the event id #2). " +
        'Failed to transition out of the state. The state does not point to a next state.',
    });
  });

  it('fails when a condition is not true or false', async () => {
    const { result } = await run(choice(['{% 1 %}'], { Default: 'WayD' }));
    expect(result).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(
        "The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an unexpected result type. " +
          "Expected 'boolean', but was 'number' for value: 1",
      ) as string,
    });
  });
});

describe('Wait', () => {
  it.each<[claim: string, fields: Record<string, unknown>, elapsedMs: number]>([
    ['waits for ten minutes in no time', { Seconds: 600 }, 600_000],
    ['waits for seconds from an expression', { Seconds: '{% $states.input.s %}' }, 7_000],
    ['waits until a timestamp', { Timestamp: '2026-01-01T00:00:30Z' }, 30_000],
    ['waits until a timestamp from an expression', { Timestamp: '{% $fromMillis($millis() + 1500) %}' }, 1_500],
    ['does not wait for what has passed', { Timestamp: '2025-12-31T23:59:59+00:00' }, 0],
  ])('%s', async (_claim, fields, elapsedMs) => {
    const wait = machine({ Wait: { Type: 'Wait', ...fields, End: true } });
    const outcome = await run(wait, { input: { s: 7 } });
    expect(outcome.result).toEqual({ status: 'SUCCEEDED', output: { s: 7 } });
    expect(outcome.elapsedMs).toBe(elapsedMs);
  });

  it.each([
    ['{% -1 %}', 'Seconds'],
    ['{% "soon" %}', 'Timestamp'],
    ['{% "2026-01-01" %}', 'Timestamp'],
  ])('fails for %s as its %s', async (value, field) => {
    const { result } = await run(machine({ Wait: { Type: 'Wait', [field]: value, End: true } }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('Succeed and Fail', () => {
  it('Succeed ends the machine with its output', async () => {
    const { result, events } = await run(machine({ Done: { Type: 'Succeed', Output: '{% $states.input.a %}' } }), {
      input: { a: [1] },
    });
    expect(result).toEqual({ status: 'SUCCEEDED', output: [1] });
    expect(events.map((event) => event.type)).toEqual([
      'ExecutionStarted',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('Fail ends the machine with its error and cause, unchanged and without an exit', async () => {
    const { result, events } = await run(
      machine({ Halt: { Type: 'Fail', Error: "{% 'Halted.' & $states.input.why %}", Cause: 'a person is needed' } }),
      { input: { why: 'NoProof' } },
    );
    expect(result).toEqual({ status: 'FAILED', error: 'Halted.NoProof', cause: 'a person is needed' });
    expect(chain(events)).toEqual(['1←0 ExecutionStarted', '2←0 FailStateEntered', '3←2 ExecutionFailed']);
  });

  it('Fail needs neither', async () => {
    const { result, events } = await run(machine({ Halt: { Type: 'Fail' } }));
    expect(result).toEqual({ status: 'FAILED' });
    expect(events.at(-1)?.executionFailedEventDetails).toEqual({});
  });
});

describe('the end of an execution', () => {
  const long = machine({ Wait: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 10 });

  it('comes with the time limit of the machine, without an error of the execution', async () => {
    const { result, events, elapsedMs } = await run(long);
    expect(result).toEqual({ status: 'TIMED_OUT' });
    expect(elapsedMs).toBe(10_000);
    expect(chain(events)).toEqual(['1←0 ExecutionStarted', '2←0 WaitStateEntered', '3←0 ExecutionTimedOut']);
    expect(events.at(-1)?.executionTimedOutEventDetails).toEqual({ error: 'States.Timeout' });
  });

  it.each<[claim: string, reason: StopRequest, details: Record<string, string>]>([
    [
      'gives the reason of who stops it',
      new StopRequest('Operator', 'maintenance'),
      { error: 'Operator', cause: 'maintenance' },
    ],
    ['needs no reason', new StopRequest(), {}],
  ])('%s', async (_claim, reason, details) => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    void clock.sleep(4_000, new AbortController().signal).then(() => stop.abort(reason));
    const { result, events, elapsedMs } = await run(long, { clock, signal: stop.signal });
    expect(result).toEqual({ status: 'ABORTED', ...details });
    expect(elapsedMs).toBe(4_000);
    expect(chain(events)).toEqual(['1←0 ExecutionStarted', '2←0 WaitStateEntered', '3←0 ExecutionAborted']);
    expect(events.at(-1)?.executionAbortedEventDetails).toEqual(details);
  });

  it('leaves a task that answers later without a trace', async () => {
    const task = { Call: { Type: 'Task', Resource: LAMBDA, End: true } };
    const { events } = await run(machine(task, { TimeoutSeconds: 1 }), {
      resource: (_args, _signal, clock) => clock.sleep(5_000, new AbortController().signal),
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(events.at(-1)?.type).toBe('ExecutionTimedOut');
  });

  it('comes after 25,000 events for a machine that never ends by itself', async () => {
    const { result, events } = await run(
      machine({
        A: { Type: 'Choice', Choices: [{ Condition: false, Next: 'End' }], Default: 'A' },
        End: { Type: 'Succeed' },
      }),
    );
    expect(result).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect(events).toHaveLength(25_000);
  });
});

describe('the interpreter', () => {
  const states = Object.fromEntries(
    Array.from({ length: 30 }, (_unused, index) => [
      `S${index}`,
      {
        Type: 'Pass',
        Output: '{% {"n": $states.input.n + 1} %}',
        ...(index < 29 ? { Next: `S${index + 1}` } : { End: true }),
      },
    ]),
  );

  it('runs 30 states in a few milliseconds', async () => {
    await run(machine(states), { input: { n: 0 } });
    const startMs = performance.now();
    const { result } = await run(machine(states), { input: { n: 0 } });
    expect(performance.now() - startMs).toBeLessThan(50);
    expect(result).toEqual({ status: 'SUCCEEDED', output: { n: 30 } });
  });

  it('can make each transition cost time', async () => {
    const { elapsedMs } = await run(machine(states), { input: { n: 0 }, stateTransitionDelayMs: 20 });
    expect(elapsedMs).toBe(600);
  });
});
