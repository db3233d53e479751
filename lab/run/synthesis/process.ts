/**
 * Synthesizes the very app that `cdk deploy` deploys, once, for the lab that started this process.
 *
 * @module
 */
import { App } from 'aws-cdk-lib';
import { FailoverStack } from '../../../lib/constructs/failover-stack.ts';
import { bundledHandlers } from './bundled-handlers.ts';
import type { SynthesisAnswer, SynthesisRequest } from './protocol.ts';

// The template has its own tests; here the rules of CloudFormation would cost four seconds of each run.
process.env['CDK_VALIDATION'] = 'false';

const answer = (message: SynthesisAnswer) => process.send?.(message, () => process.disconnect());

// The configuration is waited for anyway.
const handlers = bundledHandlers();

process.once('message', async ({ config, outdir }: SynthesisRequest) => {
  try {
    const handlersDirectory = await handlers;
    const app = new App({ outdir, analyticsReporting: false });
    const { stackName } = new FailoverStack(app, 'DatabaseFailover', {
      failover: { config, ...(handlersDirectory !== undefined && { handlersDirectory }) },
    });
    app.synth();
    answer({ ok: true, stackName });
  } catch (error) {
    answer({ ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
