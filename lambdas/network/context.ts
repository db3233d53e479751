/**
 * What the steps outside the VPC work with.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import type { Dns, Executions, Network, Notifier } from '../../lib/ports/cloud.ts';
import type { StepContext } from '../step.ts';

export interface NetworkContext extends StepContext {
  readonly network: Network;
  readonly dns: Dns;
  readonly notifier: Notifier;
  readonly executions: Executions;
  /** The security group without rules. */
  readonly fenceGroup: string;
  /** Puts a figure where the alarms look. */
  recordFailover(cluster: string, seconds: number): void;
}

/** Tells people. Whether they could be told never decides what happens next. */
export async function tell(context: NetworkContext, subject: string, message: string): Promise<void> {
  try {
    await context.notifier.publish(subject, message);
  } catch (error) {
    process.stderr.write(`could not notify "${subject}": ${messageOf(error)}\n`);
  }
}
