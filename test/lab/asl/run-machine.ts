/**
 * @module Runs small machines under a virtual clock, with resources made up by the test.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import { execute } from '../../../lab/cloud/asl/interpreter.ts';
import type { Json } from '../../../lab/cloud/asl/json.ts';
import { parseDefinition } from '../../../lab/cloud/asl/parse-definition.ts';
import type { ExecutionResult } from '../../../lab/cloud/asl/ports.ts';
import { VirtualClock } from './virtual-clock.ts';

export const LAMBDA = 'arn:aws:states:::lambda:invoke';

export type Resource = (args: Json, signal: AbortSignal, clock: VirtualClock) => unknown;

export interface Run {
  readonly result: ExecutionResult;
  readonly events: readonly HistoryEvent[];
  /** Virtual milliseconds from the start to the end. */
  readonly elapsedMs: number;
  /** The names of the states in the order of their entry. */
  readonly states: readonly string[];
  /** The arguments of each call of the resource. */
  readonly calls: readonly Json[];
}

export interface Setup {
  readonly input?: Json;
  readonly resource?: Resource;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  readonly clock?: VirtualClock;
  readonly stateTransitionDelayMs?: number;
}

/** Wraps states into a machine that starts at the first of them. */
export function machine(states: Record<string, unknown>, fields: Record<string, unknown> = {}) {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...fields };
}

/** A region for a branch or a processor. */
export function region(states: Record<string, unknown>) {
  return { StartAt: Object.keys(states)[0], States: states };
}

export async function run(definition: object, setup: Setup = {}): Promise<Run> {
  const clock = setup.clock ?? new VirtualClock();
  const events: HistoryEvent[] = [];
  const calls: Json[] = [];
  const result = await execute(parseDefinition(JSON.stringify(definition)), {
    input: setup.input ?? {},
    context: {
      Execution: {
        Id: 'arn:aws:states:eu-central-1:123456789012:execution:test:one',
        Name: 'one',
        RoleArn: 'arn:aws:iam::123456789012:role/test',
        StartTime: new Date(clock.now()).toISOString(),
      },
      StateMachine: { Id: 'arn:aws:states:eu-central-1:123456789012:stateMachine:test', Name: 'test' },
    },
    ports: {
      clock,
      random: setup.random ?? (() => 0.5),
      invoke: async (_resource, args, { signal }) => {
        calls.push(args);
        return setup.resource?.(args, signal, clock) ?? {};
      },
      onEvent: (event) => events.push(event),
      ...(setup.stateTransitionDelayMs === undefined ? {} : { stateTransitionDelayMs: setup.stateTransitionDelayMs }),
    },
    ...(setup.signal === undefined ? {} : { signal: setup.signal }),
  });
  const states = events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
  return { result, events, elapsedMs: clock.elapsedMs, states, calls };
}

/** The history as `id←previous type` lines, which is what tests of it compare. */
export function chain(events: readonly HistoryEvent[]): string[] {
  return events.map((event) => `${event.id}←${event.previousEventId} ${event.type}`);
}

/** A resource that fails with each error in turn, and then answers. */
export function failing(...errors: string[]): Resource {
  const left = [...errors];
  return () => {
    const error = left.shift();
    if (error !== undefined) throw new TaskError(error, `cause of ${error}`);
    return { isDone: true };
  };
}
