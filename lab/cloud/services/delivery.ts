/** @module How EventBridge and its Scheduler hand an event to a target that may not take it. */
import type { CloudListener } from '../events.ts';
import { NoAnswer } from '../faults/under-faults.ts';
import type { Timers } from '../timers.ts';
import { AwsError } from '../wire/aws-error.ts';

export interface RetryPolicy {
  readonly MaximumEventAgeInSeconds: number;
  readonly MaximumRetryAttempts: number;
}

/** The services' own. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };

/** A guess. */
const RETRY_MS = 1_000;

/**
 * Tries until the target takes the event or its policy is used up, and then says that the event was dropped.
 *
 * @throws what is no refusal of AWS: a fault of the lab
 */
export async function deliverEvent(
  delivery: {
    readonly by: 'scheduler' | 'events';
    readonly targetArn: string;
    readonly policy: RetryPolicy;
    readonly timers: Timers;
    readonly emit: CloudListener;
  },
  attempt: () => Promise<void>,
): Promise<void> {
  const { by, targetArn, policy, timers, emit } = delivery;
  const expiresAtMs = Date.now() + policy.MaximumEventAgeInSeconds * 1_000;
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (retries >= policy.MaximumRetryAttempts || Date.now() + RETRY_MS > expiresAtMs) {
        if (!(error instanceof AwsError || error instanceof NoAnswer)) throw error;
        return emit({ type: 'dropped', by, targetArn, because: error.message });
      }
    }
    await timers.sleep(RETRY_MS);
  }
}
