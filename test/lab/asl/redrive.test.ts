import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import { isJsonObject, MAX_PAYLOAD_BYTES, type Json } from '../../../lab/cloud/asl/json.ts';
import { chain, failing, LAMBDA, machine, region, type Resource } from './run-machine.ts';
import { runAndRedrive, type Redriven } from './redrive-machine.ts';

const task = (label: string, next: object = { End: true }, fields: object = {}) => ({
  Type: 'Task',
  Resource: LAMBDA,
  Arguments: { label },
  ...next,
  ...fields,
});

/** Branches within branches, a Map, variables at every level, and time that passes in all of them. */
const NESTED = machine({
  Prepare: task('prepare', { Next: 'Split' }, { Assign: { base: '{% $states.result.done %}' } }),
  Split: {
    Type: 'Parallel',
    Branches: [
      region({
        Left: task('left', { Next: 'Deeper' }, { Assign: { own: 'left' } }),
        Deeper: {
          Type: 'Parallel',
          Arguments: { unique: '{% $uuid() %}' },
          Branches: [
            region({
              Pause: { Type: 'Wait', Seconds: 2, Next: 'Deep' },
              Deep: task('deep', { Next: 'Show' }),
              Show: { Type: 'Pass', Output: "{% $base & '/' & $own & '/' & $states.input.done %}", End: true },
            }),
            region({ Beside: task('beside', { Next: 'Done' }), Done: { Type: 'Succeed' } }),
          ],
          Next: 'Is it deep?',
        },
        'Is it deep?': {
          Type: 'Choice',
          Choices: [{ Condition: '{% $count($states.input) = 2 %}', Next: 'Leave' }],
          Default: 'Lost',
        },
        Lost: { Type: 'Fail', Error: 'Lost' },
        Leave: { Type: 'Pass', End: true },
      }),
      region({
        Each: {
          Type: 'Map',
          Items: [1, 2, 3],
          ItemSelector: '{% $states.context.Map.Item.Value %}',
          MaxConcurrency: 2,
          ItemProcessor: region({
            First: task('{% "first " & $states.input %}', { Next: 'Rest' }),
            Rest: { Type: 'Wait', Seconds: 1, Next: 'Second' },
            Second: task('{% "second " & $states.context.Map.Item.Value %}'),
          }),
          End: true,
        },
      }),
    ],
    Assign: { parts: '{% $states.result %}' },
    Next: 'Finish',
  },
  Finish: task('finish', {}, { End: true, Output: '{% [$base, $parts, $states.result.done] %}' }),
});

/** Does what its label says, in a second. */
const does: Resource = async (args, signal, clock) => {
  await clock.sleep(1_000, signal);
  return { done: labelOf(args) };
};

function labelOf(args: Json): string {
  return isJsonObject(args) && typeof args['label'] === 'string' ? args['label'] : '';
}

/** What states had done when they were exited, before the first end. */
function doneBefore({ events }: Redriven): string[] {
  const end = events.findIndex((event) => event.type === 'ExecutionAborted');
  return events.slice(0, end).flatMap((event) => {
    const output: unknown =
      event.type === 'TaskSucceeded' ? null : JSON.parse(event.stateExitedEventDetails?.output ?? 'null');
    const done = typeof output === 'object' && output !== null && 'done' in output ? output.done : undefined;
    return event.type === 'TaskStateExited' && typeof done === 'string' ? [done] : [];
  });
}

const timesCalled = ({ calls }: Redriven, label: string) => calls.filter((args) => labelOf(args) === label).length;
const exits = ({ events }: Redriven) => events.flatMap((event) => event.stateExitedEventDetails?.name ?? []).sort();

describe('an execution that is stopped at any event and redriven', async () => {
  const whole = await runAndRedrive(NESTED, { resource: does });
  // The last event is the end of the execution: there is nothing to stop.
  const moments = whole.events.slice(0, -1).map((event) => [`${event.id} ${event.type}`, event.id ?? 0] as const);

  it('has enough moments to be stopped at', () => {
    expect(whole.result?.status).toBe('SUCCEEDED');
    expect(moments.length).toBeGreaterThan(60);
  });

  it.each(moments)('%s: ends as without the stop, and repeats nothing that was exited', async (_event, id) => {
    const stopped = await runAndRedrive(NESTED, { resource: does, stopAt: [id] });
    expect(stopped.results[0]).toEqual({ status: 'ABORTED', error: 'Stopped' });
    expect(stopped.result).toEqual(whole.result);
    for (const label of doneBefore(stopped)) expect([label, timesCalled(stopped, label)]).toEqual([label, 1]);
    expect(exits(stopped)).toEqual(exits(whole));
    expect(stopped.events.map((event) => event.id)).toEqual(stopped.events.map((_, index) => index + 1));
  });

  it('ends the same however often and wherever it is stopped', async () => {
    const stops = fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(stops, fc.constantFrom(0, 20), async (stopAt, stateTransitionDelayMs) => {
        const stopped = await runAndRedrive(NESTED, { resource: does, stopAt, stateTransitionDelayMs });
        expect(stopped.result).toEqual(whole.result);
        expect(exits(stopped)).toEqual(exits(whole));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a redrive', () => {
  it('continues the history, and refers its events to its own', async () => {
    const definition = machine({ A: { Type: 'Pass', Next: 'B' }, B: task('b') });
    const { events } = await runAndRedrive(definition, { resource: failing('Boom'), redrives: 1 });
    expect(chain(events)).toEqual([
      '1←0 ExecutionStarted',
      '2←0 PassStateEntered',
      '3←2 PassStateExited',
      '4←3 TaskStateEntered',
      '5←4 TaskScheduled',
      '6←5 TaskStarted',
      '7←6 TaskFailed',
      '8←7 ExecutionFailed',
      '9←8 ExecutionRedriven',
      '10←9 TaskScheduled',
      '11←10 TaskStarted',
      '12←11 TaskSucceeded',
      '13←12 TaskStateExited',
      '14←13 ExecutionSucceeded',
    ]);
    expect(events[8]).toMatchObject({ executionRedrivenEventDetails: { redriveCount: 1 } });
  });

  it('runs only the branches that failed or were given up', async () => {
    let fail = true;
    const resource: Resource = async (args, signal, clock) => {
      await clock.sleep(labelOf(args) === 'slow' ? 9_000 : 1_000, signal);
      if (labelOf(args) === 'bad' && fail) {
        fail = false;
        throw new TaskError('Boom');
      }
      return labelOf(args);
    };
    const branches = [
      region({ Good: task('good') }),
      region({ Pause: { Type: 'Wait', Seconds: 1, Next: 'Bad' }, Bad: task('bad') }),
      region({ Slow: task('slow') }),
    ];
    const run = await runAndRedrive(machine({ Split: { Type: 'Parallel', Branches: branches, End: true } }), {
      resource,
      redrives: 1,
    });
    expect(run.result).toEqual({ status: 'SUCCEEDED', output: ['good', 'bad', 'slow'] });
    expect(run.calls.map(labelOf)).toEqual(['good', 'slow', 'bad', 'bad', 'slow']);
  });

  it('gives a state all its retries again', async () => {
    const definition = machine({
      Call: task('call', { End: true }, { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }),
    });
    const run = await runAndRedrive(definition, { resource: failing('A', 'B', 'C'), redrives: 1 });
    expect(run.results.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
    expect(run.calls).toHaveLength(4);
  });

  it('waits from the start in a Wait that was stopped', async () => {
    const definition = machine({
      Split: {
        Type: 'Parallel',
        Branches: [
          region({ Long: { Type: 'Wait', Seconds: 10, End: true } }),
          region({ Short: { Type: 'Wait', Seconds: 4, Next: 'Call' }, Call: task('call') }),
        ],
        End: true,
      },
    });
    const run = await runAndRedrive(definition, { resource: failing('Boom'), redrives: 1 });
    expect(run.result?.status).toBe('SUCCEEDED');
    expect(run.elapsedMs).toBe(14_000);
  });

  it('does not wait for a moment that has passed', async () => {
    const definition = machine({
      Until: { Type: 'Wait', Timestamp: '2026-01-01T00:00:05Z', Next: 'Call' },
      Call: task('call'),
    });
    const run = await runAndRedrive(definition, { stopAt: [2] });
    expect(run.result?.status).toBe('SUCCEEDED');
    expect(run.elapsedMs).toBe(5_000);
  });

  it('gives the machine its whole time again', async () => {
    const definition = machine(
      { A: { Type: 'Wait', Seconds: 6, Next: 'B' }, B: { Type: 'Wait', Seconds: 6, End: true } },
      { TimeoutSeconds: 10 },
    );
    const run = await runAndRedrive(definition, { redrives: 1 });
    expect(run.results.map(({ status }) => status)).toEqual(['TIMED_OUT', 'SUCCEEDED']);
    expect(run.elapsedMs).toBe(16_000);
  });

  it('enters a Fail again, and fails again', async () => {
    const run = await runAndRedrive(machine({ Stop: { Type: 'Fail', Error: 'Boom', Cause: 'why' } }), { redrives: 2 });
    expect(run.results).toEqual(Array.from({ length: 3 }, () => ({ status: 'FAILED', error: 'Boom', cause: 'why' })));
    expect(run.events.filter((event) => event.type === 'FailStateEntered')).toHaveLength(3);
  });

  it('does not go back to a failure that was caught', async () => {
    const definition = machine({
      Call: task('call', { Next: 'Then' }, { Catch: [{ ErrorEquals: ['Boom'], Next: 'Then' }] }),
      Then: task('then'),
    });
    const run = await runAndRedrive(definition, { resource: failing('Boom', 'Later'), redrives: 1 });
    expect(run.result?.status).toBe('SUCCEEDED');
    expect(run.calls.map(labelOf)).toEqual(['call', 'then', 'then']);
  });

  it('runs all branches again after they returned too much', async () => {
    const long = 'x'.repeat(MAX_PAYLOAD_BYTES * 0.6);
    let size = long;
    const branches = [region({ A: task('a') }), region({ B: task('b') })];
    const run = await runAndRedrive(machine({ Split: { Type: 'Parallel', Branches: branches, End: true } }), {
      resource: (args) => {
        const answer = { [labelOf(args)]: size };
        if (labelOf(args) === 'b') size = 'short';
        return answer;
      },
      redrives: 1,
    });
    expect(run.results).toMatchObject([{ error: 'States.DataLimitExceeded' }, { status: 'SUCCEEDED' }]);
    expect(run.calls.map(labelOf)).toEqual(['a', 'b', 'a', 'b']);
  });

  it('shapes the output again when that was what failed, and runs no branch for it', async () => {
    const definition = machine({
      Split: {
        Type: 'Parallel',
        Branches: [region({ A: task('a') })],
        Output: "{% $states.context.Execution.RedriveCount = 0 ? $error('not yet') : $states.context.Execution %}",
        End: true,
      },
    });
    const run = await runAndRedrive(definition, { redrives: 1 });
    expect(run.result).toMatchObject({
      status: 'SUCCEEDED',
      output: { RedriveCount: 1, RedriveTime: '2026-01-01T00:00:00.000Z' },
    });
    expect(run.calls).toHaveLength(1);
  });

  it('keeps the values that a Parallel gave its branches', async () => {
    const definition = machine({
      Split: {
        Type: 'Parallel',
        Arguments: '{% $uuid() %}',
        Branches: [
          region({ A: { Type: 'Pass', End: true } }),
          region({ B: task('b', { End: true }, { Output: '{% $states.input %}' }) }),
        ],
        End: true,
      },
    });
    const { result } = await runAndRedrive(definition, { resource: failing('Boom'), redrives: 1 });
    const output = result?.status === 'SUCCEEDED' && Array.isArray(result.output) ? result.output : [];
    expect(output).toHaveLength(2);
    expect(output[0]).toBe(output[1]);
  });
});
