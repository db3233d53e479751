/**
 * What a monitor makes of its own probes of a primary, one after another.
 *
 * @module
 */
import type { ClusterConfig } from './config.ts';
import { SIGNS_OF_LIFE, type Failure, type Verdict } from './observation.ts';

/** The outcome of one probe: it reads and it writes, over two connections. */
export interface ProbeOutcome {
  readonly read: 'ok' | Failure;
  readonly write: 'ok' | Failure;
  /** Whether any replica answered in the same round. */
  readonly seesReplicas: boolean;
  /** When it was sent, by the monitor's clock, in epoch milliseconds. */
  readonly atMs: number;
}

/** What a run of probes amounts to. */
export interface Standing {
  readonly verdict: Verdict;
  /** Consecutive probes without a sign of life. */
  readonly failures: number;
  readonly failure: Failure | null;
  /** When the first of them was sent. */
  readonly sinceMs: number | null;
}

export const UNPROBED: Standing = { verdict: 'suspect', failures: 0, failure: null, sinceMs: null };

/**
 * The standing after one more probe. Dead is only who showed no sign of life so many times running that it can't be
 * chance; who reads but does not write is suspect, since another primary might fare no better. A monitor that sees no
 * replica either can't tell its own blindness from a death.
 */
export function judgeProbe(before: Standing, probe: ProbeOutcome, detection: ClusterConfig['detection']): Standing {
  if (probe.read === 'ok' && probe.write === 'ok') {
    return { verdict: 'alive', failures: 0, failure: null, sinceMs: null };
  }
  const alive = probe.read === 'ok' || SIGNS_OF_LIFE.includes(probe.read);
  if (alive) {
    return {
      verdict: 'suspect',
      failures: 0,
      failure: probe.read === 'ok' ? okOr(probe.write) : probe.read,
      sinceMs: null,
    };
  }
  const failures = before.failures + 1;
  const standing = { failures, failure: okOr(probe.read), sinceMs: before.sinceMs ?? probe.atMs };
  if (!probe.seesReplicas) return { ...standing, verdict: 'blind' };
  return { ...standing, verdict: failures >= detection.failures ? 'dead' : 'suspect' };
}

function okOr(result: 'ok' | Failure): Failure | null {
  return result === 'ok' ? null : result;
}
