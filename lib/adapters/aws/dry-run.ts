/**
 * Asks EC2 whether it would do a change. With `DryRun` every answer is an error, and one of them is the good one.
 *
 * @module
 */
import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { CloudError, messageOf } from '../../core/errors.ts';
import type { DryRun } from '../../core/readiness/network-facts.ts';
import { awsErrorName, calling } from './client.ts';

/** No word on the change: EC2 was asked too often, or failed itself. */
const NO_ANSWER =
  /^(RequestLimitExceeded|Throttling|ThrottlingException|InternalError|Unavailable|ServiceUnavailable)$/;

/**
 * @param what names the call in errors, such as `StopInstances i-1 (DryRun)`
 * @param call the change, with `DryRun: true`
 * @throws CloudError when EC2 gave no word on it
 */
export async function dryRun(what: string, call: () => Promise<unknown>): Promise<DryRun> {
  try {
    await call();
  } catch (error) {
    const code = awsErrorName(error);
    if (code === 'DryRunOperation') return { wouldDo: true };
    if (error instanceof EC2ServiceException && error.$fault === 'client' && !NO_ANSWER.test(code)) {
      return { wouldDo: false, code, because: messageOf(error) };
    }
    return calling(what, () => Promise.reject(error));
  }
  throw new CloudError(`${what} was answered without the error that a dry run ends with; look whether it was done`);
}
