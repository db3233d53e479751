/** @module The answer of every EC2 mutation that was asked only whether it would be permitted. */
import { AwsError } from '../../wire/aws-error.ts';

/**
 * Call it once the resources that the request names are found, and before their state is looked at: a dry run tells of
 * a wrong id, not of a wrong state.
 *
 * @throws AwsError `DryRunOperation` (HTTP 412), which is the good answer
 */
export function stopIfDryRun(dryRun: boolean): void {
  if (dryRun) {
    throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
  }
}
