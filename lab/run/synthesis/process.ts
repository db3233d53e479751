/**
 * Synthesizes the very app that `cdk deploy` deploys, once, for the lab that started this process.
 *
 * @module
 */
import { once } from 'node:events';
import { App } from 'aws-cdk-lib';
import { FailoverStack } from '../../../lib/constructs/failover-stack.ts';
import { bundledHandlers } from './bundled-handlers.ts';
import type { SynthesisAnswer, SynthesisRequest } from './protocol.ts';

// The template has its own tests; here the rules of CloudFormation would cost four seconds of each run.
process.env['CDK_VALIDATION'] = 'false';

const asked = once(process, 'message') as Promise<[SynthesisRequest]>;
const answer = await synthesize().then(
  (stackName): SynthesisAnswer => ({ ok: true, stackName }),
  (error: unknown): SynthesisAnswer => ({
    ok: false,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }),
);
process.send?.(answer, () => process.disconnect());

async function synthesize(): Promise<string> {
  // Whoever asks has to make hosts and a cloud first.
  const handlersDirectory = await bundledHandlers();
  const [{ config, outdir }] = await asked;
  const app = new App({ outdir, analyticsReporting: false });
  const { stackName } = new FailoverStack(app, 'DatabaseFailover', {
    failover: { config, ...(handlersDirectory !== undefined && { handlersDirectory }) },
  });
  app.synth();
  return stackName;
}
