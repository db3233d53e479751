/**
 * The configuration as the constructs take it: checked, and made of literal values only.
 *
 * @module
 */
import { Token } from 'aws-cdk-lib';

import { ConfigError, parseConfig, type Config, type ConfigInput } from '../core/config.ts';
import { caProblems } from './ca-certificates.ts';

/**
 * Checks a configuration at synth.
 *
 * It is packed beside the code of the functions, so that one deployment changes both. A file can't hold a value that
 * CloudFormation fills in later, such as the id of an instance of the same stack: those are refused by name before
 * the schema would call them misspelt.
 *
 * @throws ConfigError that names every wrong field, its value, and the fix
 */
export function literalConfig(input: ConfigInput): Config {
  const problems = [...tokensIn(input, '')];
  if (problems.length > 0) throw new ConfigError(problems, 'the configuration');
  const config = parseConfig(input);
  const unbelievable = caProblems(config, Date.now());
  if (unbelievable.length > 0) throw new ConfigError(unbelievable, 'the configuration');
  return config;
}

function* tokensIn(value: unknown, field: string): Generator<string> {
  if (Token.isUnresolved(value)) {
    yield `${field}: received ${String(value)}, which is known only after deployment; use the literal value, because the configuration is packed with the code`;
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* tokensIn(each, `${field}[${index}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) yield* tokensIn(each, field === '' ? key : `${field}.${key}`);
  }
}
