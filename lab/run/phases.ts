/**
 * Where the time of a failover went: the recovery time cut into phases that add up to it.
 *
 * @module
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Symptom } from './scenarios/scenario.ts';

export interface Phases {
  /** From the fault to the start of the workflow. */
  readonly detectMs: number;
  /** Open and Confirm. */
  readonly confirmMs: number;
  readonly planMs: number;
  /** From the plan to a sufficient proof. */
  readonly fenceMs: number;
  readonly settleMs: number;
  readonly promoteMs: number;
  /** From the promotion until packets for the VIP, or answers for the name, lead to the new primary. */
  readonly routeMs: number;
  /** From there to the first acknowledged write: the client noticing and connecting, and a replica following. */
  readonly clientMs: number;
}

/** When things happened, in epoch milliseconds. */
export interface Moments {
  readonly faultAtMs: number;
  readonly routeMovedAtMs: number;
  readonly firstWriteAtMs: number;
}

/** When a state was left for the last time, or null when it never was. */
export function exitedAt(history: readonly HistoryEvent[], state: string): number | null {
  const event = history.findLast((each) => each.stateExitedEventDetails?.name === state);
  return event?.timestamp?.getTime() ?? null;
}

/** Null when the execution did not come as far as a promotion. */
export function phasesOf(history: readonly HistoryEvent[], moments: Moments): Phases | null {
  const started = history.find((each) => each.type === 'ExecutionStarted')?.timestamp?.getTime();
  const marks = ['Confirm', 'Plan', 'Prove fence', 'Settle', 'Promote'].map((state) => exitedAt(history, state));
  const [confirmed, planned, proven, settled, promoted] = marks;
  if (started === undefined || !confirmed || !planned || !proven || !settled || !promoted) return null;
  // A client may be through before the lab has heard that the route has moved: then the client took no time.
  const routed = Math.min(Math.max(moments.routeMovedAtMs, promoted), moments.firstWriteAtMs);
  return {
    detectMs: started - moments.faultAtMs,
    confirmMs: confirmed - started,
    planMs: planned - confirmed,
    fenceMs: proven - planned,
    settleMs: settled - proven,
    promoteMs: promoted - settled,
    routeMs: routed - promoted,
    clientMs: moments.firstWriteAtMs - routed,
  };
}

/** States in the order in which they were entered. */
export function statesEntered(history: readonly HistoryEvent[]): string[] {
  return history.flatMap((each) => each.stateEnteredEventDetails?.name ?? []);
}

/**
 * What detection takes when nothing costs anything: the fault falls anywhere between two probes, then so many probes
 * must fail. A crash refuses at once; silence costs the timeout each time. Who only takes no write is given until the
 * deadline, counted from when the first write that fails was sent. In milliseconds, on average.
 */
export function theoreticalDetectionMs(
  detection: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly failures: number;
    readonly writeDeadlineSeconds: number;
  },
  symptom: Symptom,
): number {
  // The next probe shows it.
  if (symptom === 'restarts') return detection.intervalMs / 2;
  if (symptom === 'stalls')
    return detection.intervalMs / 2 + detection.writeDeadlineSeconds * 1_000 + detection.timeoutMs;
  const answerMs = symptom === 'silent' ? detection.timeoutMs : 0;
  return detection.intervalMs / 2 + (detection.failures - 1) * Math.max(detection.intervalMs, answerMs) + answerMs;
}
