/**
 * @module Runs a machine that is stopped at chosen events, and redriven each time until it succeeds or may not go on.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { execute, newProgress } from '../../../lab/cloud/asl/interpreter.ts';
import type { Json } from '../../../lab/cloud/asl/json.ts';
import { parseDefinition } from '../../../lab/cloud/asl/parse-definition.ts';
import { StopRequest, type ExecutionResult, type TaskInProgress } from '../../../lab/cloud/asl/ports.ts';
import type { Resource } from './run-machine.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface Redriven {
  /** Of each run. */
  readonly results: readonly ExecutionResult[];
  /** Of the last run. */
  readonly result: ExecutionResult | undefined;
  /** The whole history. */
  readonly events: readonly HistoryEvent[];
  readonly calls: readonly Json[];
  readonly elapsedMs: number;
}

export interface RedriveSetup {
  readonly input?: Json;
  readonly resource?: Resource;
  /** Ids of the events at which the execution is stopped, in the moment that they happen. */
  readonly stopAt?: readonly number[];
  /** How often it is redriven at most.  @default as often as it is stopped */
  readonly redrives?: number;
  readonly stateTransitionDelayMs?: number;
}

export async function runAndRedrive(definition: object, setup: RedriveSetup = {}): Promise<Redriven> {
  const { input = {}, stopAt = [], redrives = stopAt.length, stateTransitionDelayMs = 0 } = setup;
  const machine = parseDefinition(JSON.stringify(definition));
  const clock = new VirtualClock();
  const events: HistoryEvent[] = [];
  const calls: Json[] = [];
  const results: ExecutionResult[] = [];
  let stop = new AbortController();
  const ports = {
    clock,
    random: () => 0.5,
    async invoke(_resource: string, args: Json, { signal }: TaskInProgress) {
      calls.push(args);
      return setup.resource?.(args, signal, clock) ?? {};
    },
    onEvent(event: HistoryEvent) {
      events.push(event);
      if (stopAt.includes(event.id ?? 0)) stop.abort(new StopRequest('Stopped'));
    },
    stateTransitionDelayMs,
  };
  const progress = newProgress(machine, { input, ports });
  for (let redriveCount = 0; redriveCount <= redrives; redriveCount += 1) {
    stop = new AbortController();
    const now = new Date(clock.now()).toISOString();
    const result = await execute(machine, {
      input,
      context: {
        Execution: {
          Id: 'arn:aws:states:eu-central-1:123456789012:execution:test:one',
          Name: 'one',
          RoleArn: 'arn:aws:iam::123456789012:role/test',
          StartTime: new Date(clock.startMs).toISOString(),
          RedriveCount: redriveCount,
          ...(redriveCount === 0 ? {} : { RedriveTime: now }),
        },
        StateMachine: { Id: 'arn:aws:states:eu-central-1:123456789012:stateMachine:test', Name: 'test' },
      },
      ports,
      progress,
      signal: stop.signal,
    });
    results.push(result);
    if (result.status === 'SUCCEEDED') break;
  }
  return { results, result: results.at(-1), events, calls, elapsedMs: clock.elapsedMs };
}
