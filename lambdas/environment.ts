/**
 * What a function finds around it: its variables, and the configuration that was deployed with its code.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../lib/core/errors.ts';
import { parseConfig, type Config } from '../lib/core/config.ts';
import type { Clock } from '../lib/ports/cloud.ts';

/** A variable that the stack sets. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new InvalidInput(`environment variable ${name} is not set; deploy the function with the stack`);
  }
  return value;
}

/** The configuration that lies beside the code. */
export function deployedConfig(): Config {
  const file = join(variable('LAMBDA_TASK_ROOT'), 'config.json');
  return parseConfig(JSON.parse(readFileSync(file, 'utf8')), file);
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
