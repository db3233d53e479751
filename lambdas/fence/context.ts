/**
 * What the steps that fence by EC2 work with.
 *
 * @module
 */
import type { Network, Notifier } from '../../lib/ports/cloud.ts';
import type { StepContext } from '../step.ts';

export interface FenceContext extends StepContext {
  readonly network: Network;
  readonly notifier: Notifier;
  /** The security group without rules. */
  readonly fenceGroup: string;
}
