/**
 * The CDK app: `cdk synth -c config=my-databases.yaml`. Without `-c`, cdk.json names the example.
 *
 * @module
 */
import { App } from 'aws-cdk-lib';

import { FailoverStack } from '../lib/constructs/failover-stack.ts';
import { loadConfig } from '../lib/constructs/load-config.ts';
import { ConfigError } from '../lib/core/config.ts';

// Written only when all went well: a half-built app would be synthesized at exit.
const app = new App({ autoSynth: false });

try {
  new FailoverStack(app, 'DatabaseFailover', {
    description: 'Automatic failover for MySQL and MariaDB',
    failover: { config: loadConfig(configPath(app)) },
  });
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function configPath(app: App): string {
  const path: unknown = app.node.tryGetContext('config');
  if (typeof path === 'string' && path !== '') return path;
  throw new ConfigError(
    [`received ${JSON.stringify(path) ?? 'nothing'}; name a YAML file, such as -c config=examples/orders.yaml`],
    'context "config"',
  );
}
