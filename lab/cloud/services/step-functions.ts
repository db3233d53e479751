/**
 * @module Step Functions on the wire: AWS JSON 1.0, the operations for Standard workflows.
 *
 * Guarantees: every answer is one that the AWS SDK reads as the real service's; an operation that isn't here is refused by
 * name. It doesn't check permissions and adds no latency: the endpoint in front does.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Clock } from '../asl/ports.ts';
import { systemClock } from '../asl/system-clock.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../service.ts';
import { notModelled } from '../wire/aws-error.ts';
import { StepFunctionsError } from './step-functions/errors.ts';
import { Executions } from './step-functions/executions.ts';
import type { InvokeResource } from './step-functions/integrations.ts';
import type { Answers } from './step-functions/integrations/resources.ts';
import { type AssertRole, StateMachines } from './step-functions/machines.ts';
import type { Account } from './step-functions/names.ts';

export interface StepFunctionsOptions extends Account {
  /** Runs the resource of a task, under the role of the state machine. */
  readonly invokeResource: InvokeResource;
  /** @default the real time */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: () => number;
  /** What each transition between states costs, in milliseconds.  @default 0 */
  readonly stateTransitionDelayMs?: number;
  /** Whether an independent validator must have nothing against a definition that is created.  @default true */
  readonly secondOpinion?: boolean | undefined;
  /** Which calls of other services tasks can make.  @default all that have an integration */
  readonly answers?: Answers;
  /** Looks at the role of a machine.  @default any role will do */
  readonly assertRole?: AssertRole;
  /** Takes each event of each execution as it happens.  @default nothing */
  readonly onEvent?: (executionArn: string, event: HistoryEvent) => void;
}

const TARGET_PREFIX = 'AWSStepFunctions.';

type Operation = (body: unknown) => object | Promise<object>;

export class StepFunctionsService implements AwsService {
  readonly name = 'states';
  readonly #executions: Executions;
  readonly #operations: Readonly<Partial<Record<string, Operation>>>;

  constructor(options: StepFunctionsOptions) {
    const { clock = systemClock, random = Math.random, stateTransitionDelayMs = 0, onEvent = () => {} } = options;
    const { secondOpinion = true, answers = () => true, assertRole = () => {} } = options;
    const machines = new StateMachines(options, { clock, secondOpinion, answers, assertRole });
    const executions = new Executions(machines, { ...options, clock, random, stateTransitionDelayMs, onEvent });
    this.#executions = executions;
    this.#operations = {
      CreateStateMachine: (body) => machines.create(body),
      UpdateStateMachine: (body) => machines.update(body),
      DeleteStateMachine: (body) => machines.delete(body),
      DescribeStateMachine: (body) => machines.describe(body),
      DescribeStateMachineForExecution: (body) => executions.describeMachine(body),
      ListStateMachines: (body) => machines.list(body),
      ValidateStateMachineDefinition: (body) => machines.validate(body),
      TagResource: (body) => machines.tag(body),
      UntagResource: (body) => machines.untag(body),
      ListTagsForResource: (body) => machines.listTags(body),
      StartExecution: (body) => executions.start(body),
      StopExecution: (body) => executions.stop(body),
      RedriveExecution: (body) => executions.redrive(body),
      DescribeExecution: (body) => executions.describe(body),
      ListExecutions: (body) => executions.list(body),
      GetExecutionHistory: (body) => executions.history(body),
    };
  }

  get actions(): readonly string[] {
    return Object.keys(this.#operations);
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    try {
      const operation = this.#operationOf(request);
      return response(200, await operation(parseBody(request.body)));
    } catch (error) {
      if (!(error instanceof StepFunctionsError)) throw error;
      return response(400, { __type: error.name, message: error.message });
    }
  }

  /**
   * `StopExecution` without the wire: the execution is stopped when this returns, so that whoever hears an event of it can
   * stop it in that very moment.
   */
  async stopExecution(executionArn: string, error: string, cause: string): Promise<void> {
    await this.#executions.stop({ executionArn, error, cause });
  }

  /** Resolves when an execution has ended, which it may have done before. */
  async executionEnded(executionArn: string): Promise<void> {
    await this.#executions.ended(executionArn);
  }

  /** Stops all executions. The service answers afterwards as before. */
  async close(): Promise<void> {
    await this.#executions.close();
  }

  #operationOf(request: AwsRequest): Operation {
    const target = request.headers['x-amz-target'] ?? '';
    const operation = target.startsWith(TARGET_PREFIX)
      ? this.#operations[target.slice(TARGET_PREFIX.length)]
      : undefined;
    if (operation !== undefined) return operation;
    throw notModelled(`states ${target.split('.').at(-1) || 'without a target'}`);
  }
}

function parseBody(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new StepFunctionsError('ValidationException', `The request's body is not JSON: ${problem}`);
  }
}

function response(status: number, body: object): AwsResponse {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(onWire(body)) };
}

/** The protocol writes times as seconds. */
function onWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(onWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, onWire(inner)]));
}
