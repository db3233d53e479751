/**
 * @module The state machines of an account.
 *
 * Guarantees: a machine that is stored can run; creating the same one again changes nothing and succeeds; an execution
 * keeps the definition that it started with.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Region, StateMachineDefinition } from '../../asl/definition.ts';
import { type Diagnostic, InvalidDefinitionError } from '../../asl/diagnostic.ts';
import type { Clock } from '../../asl/ports.ts';
import { validateDefinition } from '../../asl/validate-definition.ts';
import { variableReferences } from '../../asl/variable-references.ts';
import { parseParameters, StepFunctionsError } from './errors.ts';
import { type Answers, resourceObstacle } from './integrations/resources.ts';
import { assertArn, assertName, stateMachineArn, type Account } from './names.ts';
import { page } from './pages.ts';
import { ResourceTags, tagList } from './tags.ts';

/** The most findings that one answer has. */
const MAX_DIAGNOSTICS = 100;

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly definition: string;
  readonly parsed: StateMachineDefinition;
  readonly roleArn: string;
  readonly createdAt: Date;
  /** The time of the latest update; before the first, of the creation. */
  readonly updatedAt: Date;
  /** Undefined until the first update. */
  readonly revisionId: string | undefined;
  readonly configuration: Configuration;
}

/** Kept and described: the lab writes no logs of executions and traces nothing. */
interface Configuration {
  readonly loggingConfiguration: object;
  readonly tracingConfiguration: object;
}

const DEFAULT_CONFIGURATION: Configuration = {
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
};

const configurationParameters = {
  loggingConfiguration: z.looseObject({}).optional(),
  tracingConfiguration: z.looseObject({}).optional(),
};
const createParameters = z.strictObject({
  name: z.string(),
  definition: z.string(),
  roleArn: z.string(),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
  publish: z.literal(false).optional(),
  tags: tagList.optional(),
  ...configurationParameters,
});
const updateParameters = z.strictObject({
  stateMachineArn: z.string(),
  definition: z.string().optional(),
  roleArn: z.string().optional(),
  publish: z.literal(false).optional(),
  ...configurationParameters,
});
const validateParameters = z.object({
  definition: z.string(),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
  severity: z.enum(['ERROR', 'WARNING']).optional(),
  maxResults: z.number().int().min(0).max(100).optional(),
});
const machineParameters = z.object({ stateMachineArn: z.string() });
const listParameters = z.object({
  maxResults: z.number().int().min(0).max(1000).optional(),
  nextToken: z.string().optional(),
});

/** @throws StepFunctionsError `AccessDeniedException` for a role that Step Functions may not assume for the machine */
export type AssertRole = (roleArn: string, stateMachineArn: string) => void;

export interface StateMachinesOptions {
  readonly clock: Clock;
  /** Whether an independent validator must have nothing against a definition. */
  readonly secondOpinion: boolean;
  /** Which calls tasks can make. */
  readonly answers: Answers;
  readonly assertRole: AssertRole;
}

export class StateMachines {
  readonly #account: Account;
  readonly #clock: Clock;
  readonly #secondOpinion: boolean;
  readonly #answers: Answers;
  readonly #assertRole: AssertRole;
  readonly #machines = new Map<string, StateMachine>();
  readonly #tags = new ResourceTags((arn) => this.#machines.has(arn));

  /** @param secondOpinion whether an independent validator must have nothing against a definition either */
  constructor(account: Account, { clock, secondOpinion, answers, assertRole }: StateMachinesOptions) {
    this.#account = account;
    this.#clock = clock;
    this.#secondOpinion = secondOpinion;
    this.#answers = answers;
    this.#assertRole = assertRole;
  }

  create(body: unknown) {
    const { name, definition, roleArn, type, tags = [], ...configuration } = parseParameters(createParameters, body);
    assertName(name);
    if (type === 'EXPRESS') {
      throw new StepFunctionsError(
        'StateMachineTypeNotSupported',
        `State machine '${name}' is of type EXPRESS; the lab runs STANDARD`,
      );
    }
    const arn = stateMachineArn(this.#account, name);
    const parsed = this.#runnable(definition);
    const existing = this.#machines.get(arn);
    if (existing !== undefined && existing.definition !== definition) {
      throw new StepFunctionsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    // As in the service, the role of a repeated creation is not looked at.
    if (existing !== undefined) return { stateMachineArn: arn, creationDate: existing.createdAt };
    this.#assertRole(roleArn, arn);
    const createdAt = this.#now();
    this.#tags.set(arn, tags);
    this.#machines.set(arn, {
      arn,
      name,
      definition,
      parsed,
      roleArn,
      createdAt,
      updatedAt: createdAt,
      revisionId: undefined,
      configuration: configured(DEFAULT_CONFIGURATION, configuration),
    });
    return { stateMachineArn: arn, creationDate: createdAt };
  }

  update(body: unknown) {
    const parameters = parseParameters(updateParameters, body);
    const { stateMachineArn: arn, definition, roleArn, ...configuration } = parameters;
    if (Object.keys(parameters).length === 1) {
      throw new StepFunctionsError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN or both must be given',
      );
    }
    const machine = this.get(arn);
    if (roleArn !== undefined) this.#assertRole(roleArn, arn);
    const revisionId = randomUUID();
    const updatedAt = this.#now();
    this.#machines.set(arn, {
      ...machine,
      ...(definition === undefined ? {} : { definition, parsed: this.#runnable(definition) }),
      roleArn: roleArn ?? machine.roleArn,
      updatedAt,
      revisionId,
      configuration: configured(machine.configuration, configuration),
    });
    return { updateDate: updatedAt, revisionId };
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
      ...machine.configuration,
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      variableReferences: variableReferences(machine.parsed),
      ...(machine.revisionId === undefined ? {} : { revisionId: machine.revisionId }),
    };
  }

  /** Says what `create` would, and creates nothing. */
  validate(body: unknown) {
    const { definition, maxResults } = parseParameters(validateParameters, body);
    const found = this.#findings(definition);
    const diagnostics = found.slice(0, maxResults || MAX_DIAGNOSTICS);
    return {
      result: found.length === 0 ? 'OK' : 'FAIL',
      diagnostics: diagnostics.map((each) => ({ severity: 'ERROR', ...each })),
      truncated: diagnostics.length < found.length,
    };
  }

  tag(body: unknown) {
    return this.#tags.tag(body);
  }

  untag(body: unknown) {
    return this.#tags.untag(body);
  }

  listTags(body: unknown) {
    return this.#tags.list(body);
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

  #findings(definition: string): readonly Pick<Diagnostic, 'code' | 'message' | 'location'>[] {
    try {
      return obstacles(validateDefinition(definition), this.#answers).map(({ state, obstacle }) => ({
        code: 'SCHEMA_VALIDATION_FAILED',
        message: obstacle,
        location: `/States/${state}/Resource`,
      }));
    } catch (error) {
      if (error instanceof InvalidDefinitionError) return error.diagnostics;
      throw error;
    }
  }

  #runnable(definition: string): StateMachineDefinition {
    let parsed: StateMachineDefinition;
    try {
      parsed = validateDefinition(definition, this.#secondOpinion);
    } catch (error) {
      if (error instanceof InvalidDefinitionError) throw new StepFunctionsError('InvalidDefinition', error.message);
      throw error;
    }
    const [first] = obstacles(parsed, this.#answers);
    if (first === undefined) return parsed;
    throw new StepFunctionsError('NotImplemented', `State '${first.state}': ${first.obstacle}`);
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

/** Each setting that was given, in place of the one before. */
function configured(before: Configuration, given: Partial<Record<keyof Configuration, object | undefined>>) {
  return {
    loggingConfiguration: given.loggingConfiguration ?? before.loggingConfiguration,
    tracingConfiguration: given.tracingConfiguration ?? before.tracingConfiguration,
  };
}

/** Tasks that the lab can't run are better refused here than in the middle of a failover. */
function obstacles(region: Region, answers: Answers): readonly { readonly state: string; readonly obstacle: string }[] {
  return Object.entries(region.States).flatMap(([name, state]) => {
    if (state.Type === 'Map') return obstacles(state.ItemProcessor, answers);
    if (state.Type === 'Parallel') return state.Branches.flatMap((branch) => obstacles(branch, answers));
    const obstacle = state.Type === 'Task' ? resourceObstacle(state.Resource, answers) : undefined;
    return obstacle === undefined ? [] : [{ state: name, obstacle }];
  });
}
