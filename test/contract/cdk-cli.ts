/**
 * The CDK's own command line, as a user runs it against an endpoint, apart from everything that this machine is set up for.
 *
 * @module
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../lab/packages/run-command.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface CdkCli {
  /** @throws Error with what it printed when it fails, or takes too long */
  (...args: string[]): Promise<string>;
}

/**
 * @param endpoint the AWS to deploy to
 * @param home a directory of the caller's, for what the CLI remembers
 */
export function cdkCli({ endpoint, region, home }: { endpoint: string; region: string; home: string }): CdkCli {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    CDK_HOME: home,
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    // Checks of CDK's own that take four seconds a synth; cfn-lint.test.ts makes others.
    CDK_VALIDATION: 'false',
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return async (...args) => {
    const command = [join(repository, 'node_modules/aws-cdk/bin/cdk'), ...args, '--no-notices'];
    const options = { env, cwd: repository, timeoutMs: 120_000 };
    const { status, stdout, stderr } = await runCommand(process.execPath, command, options);
    if (status !== 0) throw new Error(`cdk ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
    return stdout + stderr;
  };
}
