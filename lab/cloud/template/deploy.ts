/**
 * @module Deploys one stack of a cloud assembly into the lab.
 *
 * Guarantees: every resource is created once, after all that it refers to; a type that the lab doesn't know, or a
 * property that it doesn't model, stops the deployment with the resource's name.
 */
import { readStack, type StackArtifact } from './assembly.ts';
import { type DeployedResource, Deployment } from './deployment.ts';
import { evaluate, NO_VALUE, type Scope } from './intrinsics.ts';
import type { Context, Target } from './provider.ts';
import { PROVIDERS } from './providers.ts';

/** Function and role names may have 64 characters. */
const MAX_NAME_LENGTH = 64;

export interface DeployOptions {
  readonly assemblyDirectory: string;
  /** Needed where the assembly has more than one stack. */
  readonly stackName?: string;
  readonly target: Target;
  /** Makes a directory that is removed with the cloud. */
  readonly scratchDirectory: () => string;
}

/** @throws Error naming the resource that can't be deployed, and why */
export async function deployStack(options: DeployOptions): Promise<Deployment> {
  const stack = readStack(options.assemblyDirectory, options.stackName);
  refuseUnknownTypes(stack);
  const resources = new Resources(stack, options);
  for (const logicalId of Object.keys(stack.template.Resources)) await resources.create(logicalId);
  const outputs: Record<string, string> = {};
  for (const [name, { Value, Condition }] of Object.entries(stack.template.Outputs)) {
    if (Condition && !(await resources.scope.condition(Condition))) continue;
    outputs[name] = String(await evaluate(Value, resources.scope));
  }
  return new Deployment(stack.name, [...resources.created.values()], outputs);
}

/** Before anything is made, and all of them at once: whoever extends a stack wants the whole list. */
function refuseUnknownTypes({ name, template }: StackArtifact): void {
  const unknown = Object.entries(template.Resources)
    .filter(([, { Type: type }]) => !Object.hasOwn(PROVIDERS, type))
    .map(([logicalId, { Type: type }]) => `${logicalId} (${type})`);
  if (unknown.length > 0) {
    throw new Error(`the lab can't deploy ${name}: it does not know the types of ${unknown.join(', ')}`);
  }
}

class Resources {
  readonly created = new Map<string, DeployedResource>();
  readonly scope: Scope;
  private readonly stack: StackArtifact;
  private readonly options: DeployOptions;
  private readonly creating = new Set<string>();

  constructor(stack: StackArtifact, options: DeployOptions) {
    this.stack = stack;
    this.options = options;
    this.scope = {
      ref: async (name) => this.pseudoParameter(name) ?? this.parameter(name) ?? (await this.required(name)).physicalId,
      attribute: async (logicalId, name) => {
        const resource = await this.required(logicalId);
        const value = resource.attributes[name];
        if (value !== undefined) return value;
        throw new Error(`the lab's ${resource.type} has no attribute ${name} (of ${logicalId})`);
      },
      condition: async (name) => (await evaluate(stack.template.Conditions[name], this.scope)) === true,
      mapping: (name, top, second) => stack.template.Mappings[name]?.[top]?.[second],
    };
  }

  /** Idempotent. Gives nothing for a resource whose condition does not hold. */
  async create(logicalId: string): Promise<DeployedResource | undefined> {
    const done = this.created.get(logicalId);
    if (done) return done;
    const definition = this.stack.template.Resources[logicalId];
    if (!definition)
      throw new Error(`the template of ${this.stack.name} refers to ${logicalId}, which it doesn't define`);
    const { Type: type, Condition: condition } = definition;
    if (condition && !(await this.scope.condition(condition))) return undefined;
    if (this.creating.has(logicalId)) throw new Error(`${logicalId} (${type}) depends on itself`);
    this.creating.add(logicalId);
    for (const dependency of [definition.DependsOn ?? []].flat()) await this.create(dependency);
    const properties = await evaluate(definition.Properties, this.scope);
    const created = await PROVIDERS[type]?.(properties, this.context(logicalId)).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`the lab can't deploy ${logicalId} (${type}): ${reason}`, { cause: error });
    });
    if (!created) return undefined;
    const resource: DeployedResource = {
      logicalId,
      type,
      constructPath: this.stack.constructPaths.get(logicalId) ?? '',
      physicalId: created.physicalId,
      attributes: created.attributes ?? {},
      properties,
    };
    this.created.set(logicalId, resource);
    return resource;
  }

  private async required(logicalId: string): Promise<DeployedResource> {
    const resource = await this.create(logicalId);
    if (resource) return resource;
    throw new Error(`${logicalId} is referred to, but its condition does not hold`);
  }

  private context(logicalId: string): Context {
    return {
      ...this.options.target,
      logicalId,
      generatedName: `${this.stack.name}-${logicalId}`.slice(0, MAX_NAME_LENGTH),
      asset: (objectKey) => {
        const path = this.stack.assets.get(objectKey);
        if (path) return path;
        throw new Error(`the assembly has no asset ${objectKey}`);
      },
      scratchDirectory: this.options.scratchDirectory,
    };
  }

  private pseudoParameter(name: string): unknown {
    const { account } = this.options.target;
    const values: Readonly<Record<string, unknown>> = {
      'AWS::AccountId': account.id,
      'AWS::Region': account.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.stack.name,
      'AWS::StackId': `arn:aws:cloudformation:${account.region}:${account.id}:stack/${this.stack.name}/lab`,
      'AWS::NoValue': NO_VALUE,
    };
    return values[name];
  }

  private parameter(name: string): unknown {
    const parameter = this.stack.template.Parameters[name];
    if (parameter && parameter.Default === undefined) {
      throw new Error(`the parameter ${name} of ${this.stack.name} has no default, and the lab passes none`);
    }
    return parameter?.Default;
  }
}
