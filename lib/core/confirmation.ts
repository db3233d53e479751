/**
 * Whether what a change was asked for is so: the primary is really gone. Monitors are believed by their votes; EC2 when it
 * is asked anew. An event or an alarm is a reason to look, and evidence of nothing: by itself it never changes anything.
 * Silence of EC2 is no word either: then only the votes count (invariants 6 and 7).
 *
 * @module
 */
import type { Trigger } from './journal.ts';
import type { Failure, NodeObservation } from './observation.ts';
import { isStopped } from './proofs.ts';

/** What EC2 gives when it could not be asked. */
export const UNKNOWN_STATE_CODE = -1;

/**
 * How long the evidence may take to come after an event or an alarm, in milliseconds. The lock is held meanwhile, but
 * nothing is delayed by it: what the monitors come to agree on counts at once.
 */
export const PATIENCE_MS: Readonly<Record<Trigger['kind'], number>> = {
  // They have agreed already, or a person can start it again.
  monitor: 0,
  operator: 0,
  // A guest ends its server early in its shutdown, but not at once.
  'ec2-event': 30_000,
  // Monitors need `detection.failures` probes.
  alarm: 20_000,
};

export interface ConfirmationInput {
  readonly primary: string;
  readonly trigger: Trigger['kind'];
  /** An operator takes the word of nobody. */
  readonly force: boolean;
  /** EC2's word on the primary's instance, asked by this execution and seconds old at most. */
  readonly instanceStateCode: number;
  /** The primary as it was seen just now; null when nobody looked. */
  readonly seen: NodeObservation | null;
  /** What the monitors say. */
  readonly agreement: { readonly agreed: boolean; readonly because: string };
  /** Since the change was opened, in milliseconds. */
  readonly waitedMs: number;
}

export type Confirmation = {
  readonly decision: 'confirmed' | 'wait' | 'not-confirmed';
  readonly because: string;
};

/**
 * The first that holds decides: force; EC2 says stopped or terminated; the monitors agree; after an EC2 event, EC2 still
 * says that the instance goes down and the primary gives no sign of life. Else the evidence is waited for, and given up.
 */
export function judgeConfirmation(input: ConfirmationInput): Confirmation {
  const { primary, trigger, force, instanceStateCode, seen, agreement, waitedMs } = input;
  const confirmed = (because: string): Confirmation => ({ decision: 'confirmed', because });

  if (force) return confirmed('an operator forced it: nobody was asked whether the primary is gone');
  if (isKnown(instanceStateCode) && isStopped(instanceStateCode)) {
    return confirmed(`EC2 says that the instance of ${primary} is stopped (state code ${instanceStateCode})`);
  }
  if (agreement.agreed) return confirmed(agreement.because);
  if (trigger === 'ec2-event' && isKnown(instanceStateCode) && goesDown(instanceStateCode) && isSilent(seen)) {
    return confirmed(
      `EC2 says that the instance of ${primary} is going down (state code ${instanceStateCode}), and ${primary} gives no sign of life (${seen.failure})`,
    );
  }
  const patienceMs = PATIENCE_MS[trigger];
  if (waitedMs < patienceMs) return { decision: 'wait', because: agreement.because };
  return {
    decision: 'not-confirmed',
    because: patienceMs === 0 ? agreement.because : `${agreement.because}, for ${patienceMs / 1_000} s`,
  };
}

function isKnown(stateCode: number): boolean {
  return stateCode !== UNKNOWN_STATE_CODE;
}

/** Low byte 64 is `stopping`, 32 `shutting-down`. Neither is ever taken back. */
function goesDown(stateCode: number): boolean {
  const low = stateCode & 0xff;
  return low === 64 || low === 32;
}

/** What a server that ends, or a host that is gone, looks like. A connection that was cut may be another step of ours. */
const SILENT: readonly Failure[] = ['refused', 'timeout', 'unanswered', 'unreachable'];

function isSilent(seen: NodeObservation | null): seen is NodeObservation & { readonly reachable: false } {
  return seen !== null && !seen.reachable && SILENT.includes(seen.failure);
}
