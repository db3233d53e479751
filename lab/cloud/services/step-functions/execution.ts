/**
 * @module One execution of a state machine, through its first run and its redrives.
 *
 * Guarantees: the definition, the name and the input are those of the start, whatever becomes of the machine; the history
 * is whole from the first event on; at most one run is under way.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { execute, newProgress } from '../../asl/interpreter.ts';
import type { Json } from '../../asl/json.ts';
import { timestamp } from '../../asl/timestamp.ts';
import {
  StopRequest,
  type Clock,
  type ExecutionResult,
  type InterpreterPorts,
  type Progress,
} from '../../asl/ports.ts';
import type { InvokeResource } from './integrations.ts';
import type { StateMachine } from './machines.ts';

/** What executions run with. */
export interface ExecutionSurroundings {
  readonly invokeResource: InvokeResource;
  readonly clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  readonly stateTransitionDelayMs: number;
  onEvent(executionArn: string, event: HistoryEvent): void;
}

export type ExecutionStatus = 'RUNNING' | ExecutionResult['status'];

export class Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachine;
  readonly input: Json;
  readonly startedAt: Date;
  readonly events: HistoryEvent[] = [];
  redriveCount = 0;
  /** Undefined before the first redrive. */
  redrivenAt: Date | undefined;
  /** Undefined while it runs. */
  stoppedAt: Date | undefined;
  /** Undefined while it runs. */
  result: ExecutionResult | undefined;
  readonly #ports: InterpreterPorts;
  readonly #progress: Progress;
  #stop = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(
    { arn, name, machine, input }: Pick<Execution, 'arn' | 'name' | 'machine' | 'input'>,
    { clock, invokeResource, stateTransitionDelayMs, ...surroundings }: ExecutionSurroundings,
  ) {
    this.arn = arn;
    this.name = name;
    this.machine = machine;
    this.input = input;
    this.startedAt = new Date(clock.now());
    this.#ports = {
      clock,
      random: () => surroundings.random(),
      invoke: (resource, args, task) =>
        invokeResource(resource, args, {
          roleArn: machine.roleArn,
          stateMachineArn: machine.arn,
          executionArn: arn,
          ...task,
        }),
      onEvent: (event) => {
        this.events.push(event);
        surroundings.onEvent(arn, event);
      },
      stateTransitionDelayMs,
    };
    this.#progress = newProgress(machine.parsed, { input, ports: this.#ports });
  }

  get status(): ExecutionStatus {
    return this.result?.status ?? 'RUNNING';
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Resolves when it has ended, which it may have done before. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** Resolves when it has ended, which it may have done before. What its tasks have begun goes on. */
  async stop(error?: string, cause?: string): Promise<void> {
    this.#stop.abort(new StopRequest(error, cause));
    await this.#ended;
  }

  /** Goes on where it ended. The caller has made sure that it may. */
  redrive(): Date {
    const redrivenAt = new Date(this.#ports.clock.now());
    this.redriveCount += 1;
    this.redrivenAt = redrivenAt;
    this.result = undefined;
    this.stoppedAt = undefined;
    this.#stop = new AbortController();
    this.start();
    return redrivenAt;
  }

  async #run(): Promise<void> {
    const { arn, name, machine, input, startedAt, redrivenAt, redriveCount } = this;
    const result = await execute(machine.parsed, {
      input,
      context: {
        Execution: {
          Id: arn,
          Name: name,
          RoleArn: machine.roleArn,
          StartTime: timestamp(startedAt.getTime()),
          RedriveCount: redriveCount,
          ...(redrivenAt === undefined ? {} : { RedriveTime: timestamp(redrivenAt.getTime()) }),
        },
        StateMachine: { Id: machine.arn, Name: machine.name },
      },
      ports: this.#ports,
      progress: this.#progress,
      signal: this.#stop.signal,
    });
    this.result = result;
    this.stoppedAt = new Date(this.#ports.clock.now());
  }
}
