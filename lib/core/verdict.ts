/**
 * What a monitor makes of its own probes of a primary, one after another.
 *
 * @module
 */
import type { ProbeRhythm } from './config.ts';
import { SAYING_NOTHING, SIGNS_OF_LIFE, type Failure, type Verdict } from './observation.ts';

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
  /** Consecutive probes without a sign of life, while replicas were seen. */
  readonly failures: number;
  readonly failure: Failure | null;
  /** When the primary was first missed; null while it shows signs of life. */
  readonly sinceMs: number | null;
}

export const UNPROBED: Standing = { verdict: 'suspect', failures: 0, failure: null, sinceMs: null };

/**
 * The standing after one more probe. Dead is only who showed no sign of life, by reading or by writing, so many times
 * running that it can't be chance; who reads but does not write is suspect, since another primary might fare no better.
 * A monitor that sees no replica either can't tell its own blindness from a death, so what it missed then does not
 * count: when its network comes back piece by piece, the replicas may answer before the primary does. Nor does what it
 * could not even try.
 */
export function judgeProbe(before: Standing, probe: ProbeOutcome, detection: ProbeRhythm): Standing {
  const { read, write, atMs } = probe;
  const failure = read === 'ok' ? write : read;
  if (failure === 'ok') return { verdict: 'alive', failures: 0, failure: null, sinceMs: null };
  if (lives(read) || lives(write)) return { verdict: 'suspect', failures: 0, failure, sinceMs: null };

  const missed = { failure, sinceMs: before.sinceMs ?? atMs };
  const couldTry = [read, write].every((outcome) => outcome === 'ok' || !SAYING_NOTHING.includes(outcome));
  if (!couldTry || !probe.seesReplicas) return { ...missed, verdict: 'blind', failures: 0 };
  const failures = before.failures + 1;
  return { ...missed, verdict: failures >= detection.failures ? 'dead' : 'suspect', failures };
}

function lives(result: 'ok' | Failure): boolean {
  return result === 'ok' || SIGNS_OF_LIFE.includes(result);
}
