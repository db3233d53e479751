/**
 * The example configuration, and the stack that it gives, without bundling any code.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import type { DatabaseFailoverProps } from '../../lib/constructs/database-failover.ts';
import { FailoverStack } from '../../lib/constructs/failover-stack.ts';
import type { ConfigInput } from '../../lib/core/config.ts';

// Checks of CDK's own that take four seconds a synth.
process.env['CDK_VALIDATION'] = 'false';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Handlers that do nothing. */
export const STUB_HANDLERS = join(repository, 'test/constructs/handlers');

/** A fresh copy of examples/orders.yaml, unchecked, for a test to change. */
export function exampleConfig(): ConfigInput {
  return parse(readFileSync(join(repository, 'examples/orders.yaml'), 'utf8'));
}

/** Gives `use` an app, and removes what it synthesized. Bundles code only with `bundling`. */
export function withApp<T>(use: (app: App) => T, options: { readonly bundling?: boolean } = {}): T {
  const outdir = mkdtempSync(join(tmpdir(), 'failover-synth-'));
  try {
    return use(new App({ outdir, context: options.bundling === true ? {} : { 'aws:cdk:bundling-stacks': [] } }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The stack of a configuration, or whatever error it throws. */
export function failoverStack(
  app: App,
  config: ConfigInput,
  props: Partial<DatabaseFailoverProps> = {},
): FailoverStack {
  return new FailoverStack(app, 'DatabaseFailover', {
    failover: { handlersDirectory: STUB_HANDLERS, ...props, config },
  });
}

/** The template of a configuration; of the example by default. */
export function synthesize(config = exampleConfig(), props: Partial<DatabaseFailoverProps> = {}): Template {
  return withApp((app) => Template.fromStack(failoverStack(app, config, props)));
}

/** The messages with which a configuration is refused at synth, or none. */
export function problemsOf(config: unknown, props: Partial<DatabaseFailoverProps> = {}): string {
  try {
    withApp((app) => failoverStack(app, config as ConfigInput, props));
    return '';
  } catch (error) {
    return String(error);
  }
}
