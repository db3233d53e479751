/**
 * @module The state machines of an account.
 *
 * Guarantees: a machine that is stored can run; creating the same one again changes nothing and succeeds; an execution
 * keeps the definition that it started with.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Region, StateMachineDefinition } from '../../asl/definition.ts';
import { InvalidDefinitionError } from '../../asl/diagnostic.ts';
import type { Clock } from '../../asl/ports.ts';
import { validateDefinition } from '../../asl/validate-definition.ts';
import { variableReferences } from '../../asl/variable-references.ts';
import { parseParameters, StepFunctionsError } from './errors.ts';
import { isSupportedResource, SUPPORTED_RESOURCES } from './integrations.ts';
import { assertArn, assertName, stateMachineArn, type Account } from './names.ts';
import { page } from './pages.ts';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly definition: string;
  readonly parsed: StateMachineDefinition;
  readonly roleArn: string;
  readonly createdAt: Date;
  /** Undefined until the first update. */
  readonly revisionId: string | undefined;
}

const createParameters = z.object({
  name: z.string(),
  definition: z.string(),
  roleArn: z.string(),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
});
const updateParameters = z.object({
  stateMachineArn: z.string(),
  definition: z.string().optional(),
  roleArn: z.string().optional(),
});
const machineParameters = z.object({ stateMachineArn: z.string() });
const listParameters = z.object({
  maxResults: z.number().int().min(0).max(1000).optional(),
  nextToken: z.string().optional(),
});

export class StateMachines {
  readonly #account: Account;
  readonly #clock: Clock;
  readonly #machines = new Map<string, StateMachine>();

  constructor(account: Account, clock: Clock) {
    this.#account = account;
    this.#clock = clock;
  }

  create(body: unknown) {
    const { name, definition, roleArn, type } = parseParameters(createParameters, body);
    assertName(name);
    if (type === 'EXPRESS') {
      throw new StepFunctionsError(
        'StateMachineTypeNotSupported',
        `State machine '${name}' is of type EXPRESS; the lab runs STANDARD`,
      );
    }
    const arn = stateMachineArn(this.#account, name);
    const parsed = runnable(definition);
    const existing = this.#machines.get(arn);
    if (existing !== undefined && existing.definition !== definition) {
      throw new StepFunctionsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    // As in the service, the role of a repeated creation is not looked at.
    const machine = existing ?? {
      arn,
      name,
      definition,
      parsed,
      roleArn,
      createdAt: this.#now(),
      revisionId: undefined,
    };
    this.#machines.set(arn, machine);
    return { stateMachineArn: arn, creationDate: machine.createdAt };
  }

  update(body: unknown) {
    const { stateMachineArn: arn, definition, roleArn } = parseParameters(updateParameters, body);
    if (definition === undefined && roleArn === undefined) {
      throw new StepFunctionsError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN or both must be given',
      );
    }
    const machine = this.get(arn);
    const revisionId = randomUUID();
    this.#machines.set(arn, {
      ...machine,
      ...(definition === undefined ? {} : { definition, parsed: runnable(definition) }),
      roleArn: roleArn ?? machine.roleArn,
      revisionId,
    });
    return { updateDate: this.#now(), revisionId };
  }

  /** Succeeds for a machine that isn't there, too. Running executions go on. */
  delete(body: unknown) {
    const { stateMachineArn: arn } = parseParameters(machineParameters, body);
    assertArn(arn, 'stateMachine');
    this.#machines.delete(arn);
    return {};
  }

  describe(body: unknown) {
    const machine = this.get(parseParameters(machineParameters, body).stateMachineArn);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      status: 'ACTIVE',
      type: 'STANDARD',
      definition: machine.definition,
      roleArn: machine.roleArn,
      creationDate: machine.createdAt,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      variableReferences: variableReferences(machine.parsed),
      ...(machine.revisionId === undefined ? {} : { revisionId: machine.revisionId }),
    };
  }

  list(body: unknown) {
    const { items, ...next } = page([...this.#machines.values()], parseParameters(listParameters, body));
    const stateMachines = items.map(({ arn, name, createdAt }) => ({
      stateMachineArn: arn,
      name,
      type: 'STANDARD',
      creationDate: createdAt,
    }));
    return { stateMachines, ...next };
  }

  /** @throws StepFunctionsError `InvalidArn`, `StateMachineDoesNotExist` */
  get(arn: string): StateMachine {
    assertArn(arn, 'stateMachine');
    const machine = this.#machines.get(arn);
    if (machine !== undefined) return machine;
    throw new StepFunctionsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  has(arn: string): boolean {
    return this.#machines.has(arn);
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

function runnable(definition: string): StateMachineDefinition {
  let parsed: StateMachineDefinition;
  try {
    parsed = validateDefinition(definition);
  } catch (error) {
    if (error instanceof InvalidDefinitionError) throw new StepFunctionsError('InvalidDefinition', error.message);
    throw error;
  }
  assertResources(parsed);
  return parsed;
}

/** A task that the lab can't run is better refused here than in the middle of a failover. */
function assertResources(region: Region): void {
  for (const [name, state] of Object.entries(region.States)) {
    if (state.Type === 'Task' && !isSupportedResource(state.Resource)) {
      const message = `State '${name}' uses the resource '${state.Resource}'; the lab runs ${SUPPORTED_RESOURCES.join(' and ')}`;
      throw new StepFunctionsError('NotImplemented', message);
    }
    if (state.Type === 'Map') assertResources(state.ItemProcessor);
    if (state.Type === 'Parallel') state.Branches.forEach(assertResources);
  }
}
