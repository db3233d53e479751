/**
 * The configuration, read at synth and again, already checked, by the functions.
 *
 * @module
 */
import type * as z from 'zod';
import { contradictions } from './config-contradictions.ts';
import { configSchema, routeTypes, type ClusterConfig, type Config, type NodeConfig } from './config-schema.ts';

export * from './config-schema.ts';

/** The configuration can't be used. `problems` has one sentence for each wrong field. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], source: string) {
    super(`${source} can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Checks a configuration and fills in the defaults.
 *
 * @param value what the file holds, parsed
 * @param source how messages name it, e.g. its file name
 * @throws ConfigError that names every wrong field, its value, and the fix
 */
export function parseConfig(value: unknown, source = 'the configuration'): Config {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.flatMap((issue) => describeIssue(issue, value)),
      source,
    );
  }
  const problems = contradictions(parsed.data);
  if (problems.length > 0) throw new ConfigError(problems, source);
  return parsed.data;
}

function describeIssue(issue: z.core.$ZodIssue, root: unknown): string[] {
  const field = fieldName(issue.path);
  const received = JSON.stringify(at(root, issue.path)) ?? 'nothing';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) =>
        `${fieldName([...issue.path, key])}: unknown key "${key}"; remove it, or see docs/configuration.md for the keys`,
    );
  }
  if (issue.code === 'invalid_value') {
    return [`${field}: received ${received}; use one of ${issue.values.map((value) => String(value)).join(', ')}`];
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return [`${field}: received ${received}; use one of ${routeTypes.join(', ')}`];
  }
  return [`${field}: received ${received}; ${issue.message}`];
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return name === '' ? 'the whole file' : name.replace(/^\./, '');
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    root,
  );
}

/** The cluster of that name. */
export function findCluster(config: Config, id: string): ClusterConfig {
  const found = config.clusters.find((each) => each.id === id);
  if (found === undefined) {
    throw new ConfigError(
      [`cluster: received "${id}"; use one of ${config.clusters.map((each) => each.id).join(', ')}`],
      'the request',
    );
  }
  return found;
}

/** The node of that name in a cluster. */
export function findNode(config: ClusterConfig, id: string): NodeConfig {
  const found = config.nodes.find((each) => each.id === id);
  if (found === undefined) {
    throw new ConfigError(
      [`node: received "${id}"; cluster ${config.id} has ${config.nodes.map((each) => each.id).join(', ')}`],
      'the request',
    );
  }
  return found;
}
