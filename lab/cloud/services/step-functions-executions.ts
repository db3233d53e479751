/**
 * @module The executions of an account: running ones, and what is known of those that ended.
 *
 * Guarantees: a name is used once per state machine; starting it again with the same input while it runs gives the running
 * execution, anything else is refused; the history is whole from the first event on.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { execute } from '../asl/interpreter.ts';
import { exceedsPayloadQuota, type Json } from '../asl/json.ts';
import { StopRequest, type Clock, type ExecutionResult } from '../asl/ports.ts';
import { parseParameters, StepFunctionsError } from './step-functions-errors.ts';
import type { InvokeResource } from './step-functions-integrations.ts';
import type { StateMachine, StateMachines } from './step-functions-machines.ts';
import { assertArn, assertName, executionArn, type Account } from './step-functions-names.ts';
import { page } from './step-functions-pages.ts';

export interface ExecutionSettings extends Account {
  readonly invokeResource: InvokeResource;
  readonly clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  readonly stateTransitionDelayMs: number;
  onEvent(executionArn: string, event: HistoryEvent): void;
}

interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachine;
  readonly input: Json;
  readonly startedAt: Date;
  readonly events: HistoryEvent[];
  readonly stop: AbortController;
  stoppedAt: Date | undefined;
  /** Undefined while it runs. */
  result: ExecutionResult | undefined;
  /** Resolves when it has ended. */
  ended: Promise<void>;
}

const startParameters = z.object({
  stateMachineArn: z.string(),
  name: z.string().optional(),
  input: z.string().optional(),
});
const stopParameters = z.object({
  executionArn: z.string(),
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});
const executionParameters = z.object({ executionArn: z.string() });
const pageParameters = { maxResults: z.number().int().min(0).max(1000).optional(), nextToken: z.string().optional() };
const listParameters = z.object({
  stateMachineArn: z.string(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']).optional(),
  ...pageParameters,
});
const historyParameters = z.object({
  executionArn: z.string(),
  reverseOrder: z.boolean().optional(),
  includeExecutionData: z.boolean().optional(),
  ...pageParameters,
});

export class Executions {
  readonly #machines: StateMachines;
  readonly #settings: ExecutionSettings;
  readonly #executions = new Map<string, ExecutionRecord>();

  constructor(machines: StateMachines, settings: ExecutionSettings) {
    this.#machines = machines;
    this.#settings = settings;
  }

  start(body: unknown) {
    const { stateMachineArn, name = randomUUID(), input: text = '{}' } = parseParameters(startParameters, body);
    const machine = this.#machines.get(stateMachineArn);
    assertName(name);
    const input = parseInput(text);
    const arn = executionArn(this.#settings, machine.name, name);
    const existing = this.#executions.get(arn);
    if (existing !== undefined && (existing.result !== undefined || !isDeepStrictEqual(existing.input, input))) {
      throw new StepFunctionsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const { startedAt } = existing ?? this.#run(arn, name, machine, input);
    return { executionArn: arn, startDate: startedAt };
  }

  async stop(body: unknown) {
    const { executionArn: arn, error, cause } = parseParameters(stopParameters, body);
    const execution = this.#get(arn);
    execution.stop.abort(new StopRequest(error, cause));
    await execution.ended;
    return { stopDate: execution.stoppedAt };
  }

  describe(body: unknown) {
    const execution = this.#get(parseParameters(executionParameters, body).executionArn);
    const { result } = execution;
    return {
      ...summary(execution),
      input: JSON.stringify(execution.input),
      inputDetails: { included: true },
      ...(result?.status === 'SUCCEEDED'
        ? { output: JSON.stringify(result.output), outputDetails: { included: true } }
        : { error: result?.error, cause: result?.cause }),
      redriveCount: 0,
      redriveStatus: result === undefined || result.status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
    };
  }

  /** The latest first. */
  list(body: unknown) {
    const parameters = parseParameters(listParameters, body);
    const machine = this.#machines.get(parameters.stateMachineArn);
    const found = [...this.#executions.values()]
      .filter((execution) => execution.machine.arn === machine.arn)
      .filter(({ result }) => (parameters.statusFilter ?? statusOf(result)) === statusOf(result))
      .reverse();
    const { items, ...next } = page(found, parameters);
    return { executions: items.map(summary), ...next };
  }

  history(body: unknown) {
    const parameters = parseParameters(historyParameters, body);
    const { events } = this.#get(parameters.executionArn);
    const { items, ...next } = page(parameters.reverseOrder ? events.toReversed() : events, parameters);
    return { events: parameters.includeExecutionData === false ? items.map(withoutData) : items, ...next };
  }

  /** Stops everything that runs, and waits for its end. */
  async close(): Promise<void> {
    const running = [...this.#executions.values()];
    for (const { stop } of running) stop.abort(new StopRequest('Lab.Closed', 'the lab was closed'));
    await Promise.all(running.map(({ ended }) => ended));
  }

  #get(arn: string): ExecutionRecord {
    assertArn(arn, 'execution');
    const execution = this.#executions.get(arn);
    if (execution !== undefined) return execution;
    throw new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  #run(arn: string, name: string, machine: StateMachine, input: Json): ExecutionRecord {
    const { clock, invokeResource, stateTransitionDelayMs } = this.#settings;
    const { roleArn } = machine;
    const startedAt = new Date(clock.now());
    const execution: ExecutionRecord = {
      arn,
      name,
      machine,
      input,
      startedAt,
      events: [],
      stop: new AbortController(),
      stoppedAt: undefined,
      result: undefined,
      ended: Promise.resolve(),
    };
    this.#executions.set(arn, execution);
    const run = execute(machine.parsed, {
      input,
      context: {
        Execution: { Id: arn, Name: name, RoleArn: roleArn, StartTime: startedAt.toISOString() },
        StateMachine: { Id: machine.arn, Name: machine.name },
      },
      ports: {
        clock,
        random: () => this.#settings.random(),
        invoke: (resource, args, signal) => invokeResource(resource, args, { roleArn, signal }),
        onEvent: (event) => {
          execution.events.push(event);
          this.#settings.onEvent(arn, event);
        },
        stateTransitionDelayMs,
      },
      signal: execution.stop.signal,
    });
    execution.ended = run.then((result) => {
      execution.result = result;
      execution.stoppedAt = new Date(clock.now());
    });
    return execution;
  }
}

function parseInput(text: string): Json {
  let input: Json;
  try {
    input = JSON.parse(text) as Json;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new StepFunctionsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${problem}'`);
  }
  if (!exceedsPayloadQuota(input)) return input;
  throw new StepFunctionsError(
    'InvalidExecutionInput',
    'Invalid State Machine Execution Input: it is larger than 256 KiB',
  );
}

function statusOf(result: ExecutionResult | undefined): string {
  return result?.status ?? 'RUNNING';
}

function summary({ arn, name, machine, result, startedAt, stoppedAt }: ExecutionRecord) {
  return {
    executionArn: arn,
    stateMachineArn: machine.arn,
    name,
    status: statusOf(result),
    startDate: startedAt,
    ...(stoppedAt === undefined ? {} : { stopDate: stoppedAt }),
  };
}

/** The payloads, at whatever event they are. */
const DATA_FIELDS = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'assignedVariables',
  'assignedVariablesDetails',
]);

function withoutData(event: HistoryEvent): object {
  return Object.fromEntries(
    Object.entries(event).map(([key, value]: [string, unknown]) => [
      key,
      key.endsWith('EventDetails') && typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).filter(([field]) => !DATA_FIELDS.has(field)))
        : value,
    ]),
  );
}
