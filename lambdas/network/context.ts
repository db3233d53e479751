/**
 * What the steps that keep a change's state and lead clients elsewhere work with.
 *
 * @module
 */
import type { Dns, Executions, Network, Notifier } from '../../lib/ports/cloud.ts';
import type { StepContext } from '../step.ts';

export interface NetworkContext extends StepContext {
  readonly network: Network;
  readonly dns: Dns;
  readonly notifier: Notifier;
  readonly executions: Executions;
  /** Puts a figure where the alarms look. */
  recordFailover(cluster: string, seconds: number): void;
}
