/**
 * @module What the interpreter needs from outside, and what it answers.
 *
 * Guarantees: the interpreter has no clock, randomness or I/O of its own, so an execution under a virtual clock is
 * deterministic and takes no real time.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Checkpoint } from './checkpoint.ts';
import type { History } from './history.ts';
import type { Json } from './json.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `durationMs`; rejects as soon as the signal aborts. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** What a resource has of the task that it works for. */
export interface TaskInProgress {
  /**
   * Aborts when nobody waits for the answer any more; as with the real service that must not stop work which the
   * resource has begun.
   */
  readonly signal: AbortSignal;
  /** To be told what the resource has begun, where the task goes on until that has ended. */
  submitted(output: Json): void;
}

export interface InterpreterPorts {
  readonly clock: Clock;
  /** A number in [0, 1), for jitter and `$random`. */
  random(): number;
  /**
   * Runs the resource of a `Task`.
   * @throws TaskError with the name and cause that the task fails with
   */
  invoke(resource: string, args: Json, task: TaskInProgress): Promise<unknown>;
  /** Takes each event of the history as it happens, in order. */
  onEvent(event: HistoryEvent): void;
  /** What each transition between states costs, in milliseconds.  @default 0 */
  readonly stateTransitionDelayMs?: number;
}

/** The constant part of `$states.context`; the interpreter adds the input, the state and the Map item. */
export interface ExecutionContext {
  readonly Execution: {
    readonly Id: string;
    readonly Name: string;
    readonly RoleArn: string;
    /** ISO 8601 */
    readonly StartTime: string;
    readonly RedriveCount?: number;
    /** ISO 8601, in a redrive only. */
    readonly RedriveTime?: string;
  };
  readonly StateMachine: { readonly Id: string; readonly Name: string };
}

/** What an execution has done so far. It belongs to the caller and moves on with each run. */
export interface Progress {
  readonly checkpoint: Checkpoint;
  readonly history: History;
}

export interface ExecutionRequest {
  readonly input: Json;
  readonly context: ExecutionContext;
  readonly ports: InterpreterPorts;
  /** What was done before, in a redrive.  @default nothing */
  readonly progress?: Progress;
  /** Stops the execution. A `StopRequest` as the abort reason gives the error and cause of `StopExecution`. */
  readonly signal?: AbortSignal;
}

export class StopRequest extends Error {
  override readonly name = 'StopRequest';
  readonly error: string | undefined;
  override readonly cause: string | undefined;

  constructor(error?: string, cause?: string) {
    super('the execution was stopped');
    this.error = error;
    this.cause = cause;
  }
}

export type ExecutionResult =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };
