/**
 * @module The executions of an account: running ones, and what is known of those that ended.
 *
 * Guarantees: a name is used once per state machine; starting it again with the same input while it runs gives the running
 * execution, anything else is refused; only an unsuccessful execution is redriven, under its own ARN.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { jsonText } from '../../asl/json.ts';
import { parseParameters, StepFunctionsError } from './errors.ts';
import { parseInput } from './execution-input.ts';
import { Execution, type ExecutionSurroundings } from './execution.ts';
import type { StateMachines } from './machines.ts';
import { assertArn, assertName, executionArn, type Account } from './names.ts';
import { page } from './pages.ts';
import { redriveObstacle, RedriveTokens } from './redrive.ts';

export interface ExecutionSettings extends Account, ExecutionSurroundings {}

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
const redriveParameters = z.object({
  executionArn: z.string(),
  clientToken: z.string().min(1).max(64).optional(),
});
const executionParameters = z.object({ executionArn: z.string() });
const pageParameters = { maxResults: z.number().int().min(0).max(1000).optional(), nextToken: z.string().optional() };
const listParameters = z.object({
  stateMachineArn: z.string(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']).optional(),
  redriveFilter: z.enum(['REDRIVEN', 'NOT_REDRIVEN']).optional(),
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
  readonly #executions = new Map<string, Execution>();
  readonly #redriveTokens = new Map<string, RedriveTokens>();

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
    const execution = existing ?? this.#start({ arn, name, machine, input });
    return { executionArn: arn, startDate: execution.startedAt };
  }

  async stop(body: unknown) {
    const { executionArn: arn, error, cause } = parseParameters(stopParameters, body);
    const execution = this.#get(arn);
    await execution.stop(error, cause);
    return { stopDate: execution.stoppedAt };
  }

  redrive(body: unknown) {
    const { executionArn: arn, clientToken } = parseParameters(redriveParameters, body);
    const execution = this.#get(arn);
    const tokens = this.#redriveTokens.get(arn) ?? new RedriveTokens();
    this.#redriveTokens.set(arn, tokens);
    const before = clientToken === undefined ? undefined : tokens.find(clientToken, this.#settings.clock.now());
    if (before !== undefined) return { redriveDate: before };
    const obstacle = this.#redriveObstacle(execution);
    if (obstacle !== undefined) throw new StepFunctionsError('ExecutionNotRedrivable', obstacle);
    const redriveDate = execution.redrive();
    if (clientToken !== undefined) tokens.remember(clientToken, redriveDate);
    return { redriveDate };
  }

  describe(body: unknown) {
    const execution = this.#get(parseParameters(executionParameters, body).executionArn);
    const { result } = execution;
    const obstacle = this.#redriveObstacle(execution);
    return {
      ...summary(execution),
      input: jsonText(execution.input),
      inputDetails: { included: true },
      ...(result?.status === 'SUCCEEDED'
        ? { output: jsonText(result.output), outputDetails: { included: true } }
        : { error: result?.error, cause: result?.cause }),
      redriveStatus: obstacle === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
      redriveStatusReason: obstacle,
    };
  }

  /** The machine as it was when the execution started. */
  describeMachine(body: unknown) {
    const { machine } = this.#get(parseParameters(executionParameters, body).executionArn);
    const { arn, name, definition, roleArn, updatedAt, revisionId, configuration } = machine;
    return {
      stateMachineArn: arn,
      name,
      definition,
      roleArn,
      updateDate: updatedAt,
      ...configuration,
      ...(revisionId === undefined ? {} : { revisionId }),
    };
  }

  /** Resolves when an execution has ended. */
  ended(executionArn: string): Promise<void> {
    return this.#get(executionArn).ended();
  }

  /** The latest first. */
  list(body: unknown) {
    const parameters = parseParameters(listParameters, body);
    const machine = this.#machines.get(parameters.stateMachineArn);
    const found = [...this.#executions.values()]
      .filter((execution) => execution.machine.arn === machine.arn)
      .filter(({ status }) => (parameters.statusFilter ?? status) === status)
      .filter(
        ({ redriveCount }) =>
          !parameters.redriveFilter || (parameters.redriveFilter === 'REDRIVEN') === redriveCount > 0,
      )
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
    const stopped = [...this.#executions.values()].map((each) => each.stop('Lab.Closed', 'the lab was closed'));
    await Promise.all(stopped);
  }

  #get(arn: string): Execution {
    assertArn(arn, 'execution');
    const execution = this.#executions.get(arn);
    if (execution !== undefined) return execution;
    throw new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  #start(identity: ConstructorParameters<typeof Execution>[0]): Execution {
    const execution = new Execution(identity, this.#settings);
    // Whoever hears of its first event finds it.
    this.#executions.set(execution.arn, execution);
    execution.start();
    return execution;
  }

  #redriveObstacle(execution: Execution): string | undefined {
    const machineExists = this.#machines.has(execution.machine.arn);
    return redriveObstacle(execution, { nowMs: this.#settings.clock.now(), machineExists });
  }
}

function summary(execution: Execution) {
  const { arn, name, machine, status, startedAt, stoppedAt, redriveCount, redrivenAt } = execution;
  return {
    executionArn: arn,
    stateMachineArn: machine.arn,
    name,
    status,
    startDate: startedAt,
    ...(stoppedAt === undefined ? {} : { stopDate: stoppedAt }),
    redriveCount,
    ...(redrivenAt === undefined ? {} : { redriveDate: redrivenAt }),
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
