import { CreateStateMachineCommand, type HistoryEvent } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { InvokeResource } from '../../../lab/cloud/services/step-functions/integrations.ts';
import { executionsOf, type Executions } from '../../../lab/run/executions.ts';
import { Killer } from '../../../lab/run/killer.ts';
import { LAMBDA, machine, region } from '../asl/run-machine.ts';
import { connect } from '../step-functions/client.ts';

const task = (label: string, next: object) => ({ Type: 'Task', Resource: LAMBDA, Arguments: { label }, ...next });

const SPLIT = machine({
  First: task('first', { Next: 'Both' }),
  Both: {
    Type: 'Parallel',
    Branches: [
      region({ Left: task('left', { Next: 'Left done' }), 'Left done': { Type: 'Succeed' } }),
      region({ Right: task('right', { End: true }) }),
    ],
    Next: 'Last',
  },
  Last: task('last', { End: true }),
});

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step();
});

/** Runs the machine on the lab's Step Functions, killed at these states. */
async function killed(when: 'after' | 'in', states: readonly string[], invoke: InvokeResource = async () => ({})) {
  const calls: unknown[] = [];
  const events: HistoryEvent[] = [];
  const { client, service } = connect({
    invokeResource: (resource, args, caller) => {
      calls.push(args);
      return invoke(resource, args, caller);
    },
    onEvent: (arn, event) => {
      events.push(event);
      killer.hear(arn, event);
    },
  });
  const definition = JSON.stringify(SPLIT);
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({ name: 'drilled', definition, roleArn: 'arn:aws:iam::123456789012:role/r' }),
  );
  const executions: Executions = executionsOf(stateMachineArn, client);
  const killer = new Killer({
    plan: { when, states: new Set(states) },
    stop: (arn) => service.stopExecution(arn, 'Killed', 'by the test'),
    redrive: (arn) => executions.redrive(arn),
    onKill: () => {},
  });
  cleanUp.push(async () => {
    await service.close();
    executions.close();
  });
  await executions.start('one', {});
  await vi.waitFor(
    async () => {
      const [execution] = await executions.list();
      expect({ status: execution?.status, isBusy: killer.isBusy }).toEqual({ status: 'SUCCEEDED', isBusy: false });
    },
    { timeout: 3_000, interval: 5 },
  );
  await killer.settled();
  return { killer, events, calls: calls.map((args) => (args as { label: string }).label) };
}

const between = (events: readonly HistoryEvent[], from: (event: HistoryEvent) => boolean) => {
  const at = events.findIndex(from);
  return events.slice(at, at + 3).map((event) => event.type);
};

describe('an execution that is killed after a state', () => {
  it('has begun nothing else by then, and goes on there', async () => {
    const { killer, events, calls } = await killed('after', ['First']);
    expect(between(events, (event) => event.stateExitedEventDetails?.name === 'First')).toEqual([
      'TaskStateExited',
      'ExecutionAborted',
      'ExecutionRedriven',
    ]);
    expect(calls).toEqual(['first', 'left', 'right', 'last']);
    expect(killer.kills).toMatchObject([{ when: 'after', state: 'First' }]);
  });

  it('is killed once at each state, however often it comes there', async () => {
    const states = ['First', 'Left', 'Left done', 'Right', 'Both', 'Last'];
    const { killer } = await killed('after', states);
    expect(killer.kills.map(({ state }) => state).sort()).toEqual([...states].sort());
    expect(killer.begun).toBe(states.length);
  });

  it('is left alone at other states', async () => {
    const { killer, calls } = await killed('after', ['Elsewhere']);
    expect(killer.kills).toEqual([]);
    expect(calls).toEqual(['first', 'left', 'right', 'last']);
  });
});

describe('an execution that is killed in a state', () => {
  it('runs its function once more, though the first answers soon', async () => {
    const { killer, events, calls } = await killed('in', ['First']);
    expect(calls).toEqual(['first', 'first', 'left', 'right', 'last']);
    expect(killer.kills).toMatchObject([{ when: 'in', state: 'First' }]);
    expect(events.filter((event) => event.stateExitedEventDetails?.name === 'First')).toHaveLength(1);
  });

  it('is killed while the function runs, if that takes long', async () => {
    let first = true;
    const { events } = await killed('in', ['First'], () => {
      if (!first) return Promise.resolve({});
      first = false;
      return new Promise(() => {});
    });
    expect(between(events, (event) => event.type === 'TaskStarted')).toEqual([
      'TaskStarted',
      'ExecutionAborted',
      'ExecutionRedriven',
    ]);
  });

  it('is killed once for tasks that were under way together', async () => {
    let held = 2;
    const { killer, calls } = await killed('in', ['Left', 'Right'], async (_resource, args) => {
      const isHeld = JSON.stringify(args) !== '{"label":"first"}' && held > 0;
      if (isHeld) held -= 1;
      return isHeld ? new Promise(() => {}) : {};
    });
    expect(killer.kills).toHaveLength(1);
    expect(calls.filter((label) => label === 'left')).toHaveLength(2);
    expect(calls.filter((label) => label === 'right')).toHaveLength(2);
  });
});

describe('a redrive that fails', () => {
  it('is told of at the end', async () => {
    const killer = new Killer({
      plan: { when: 'after', states: new Set(['Open']) },
      stop: async () => {},
      redrive: () => Promise.reject(new Error('no such execution')),
      onKill: () => {},
    });
    const event = { type: 'TaskStateExited', id: 9, timestamp: undefined, stateExitedEventDetails: { name: 'Open' } };
    killer.hear('arn', event as HistoryEvent);
    expect(killer.isBusy).toBe(true);
    await expect(killer.settled()).rejects.toThrow('no such execution');
    expect(killer.isBusy).toBe(false);
  });
});
