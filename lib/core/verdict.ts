/**
 * What a monitor makes of its own probes of a primary, one after another.
 *
 * @module
 */
import type { DetectionConfig, ProbeRhythm } from './config.ts';
import { SAYING_NOTHING, SIGNS_OF_LIFE, type Failure, type Verdict } from './observation.ts';
import { judgeStall, type Stall } from './stall.ts';

/** The outcome of one probe: it reads and it writes, over two connections. */
export interface ProbeOutcome {
  readonly read: 'ok' | Failure;
  readonly write: 'ok' | Failure;
  /** Whether any replica answered in the same round. */
  readonly seesReplicas: boolean;
  /** The server was started again since it was last seen to do its work, and does not do it (restart.ts). */
  readonly restarted: boolean;
  /** A commit could be acknowledged, as far as was seen of the replicas (remedy.ts). */
  readonly acknowledgeable: boolean;
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
  /** It answers and takes no write; null while it takes them. */
  readonly stall: Stall | null;
}

export const UNPROBED: Standing = {
  verdict: 'suspect',
  failures: 0,
  failure: null,
  sinceMs: null,
  stall: null,
};

/** How many failures are a death, and how long a stall is too long. */
type Patience = ProbeRhythm & Pick<DetectionConfig, 'writeDeadlineSeconds'>;

/**
 * The standing after one more probe. Dead is only who showed no sign of life, by reading or by writing, so many times
 * running that it can't be chance. Who reads but does not write is suspect at first, and stalled once no write has
 * succeeded for the deadline. A monitor that sees no replica either can't tell its own blindness from a death, so what it
 * missed then does not count: when its network comes back piece by piece, the replicas may answer before the primary
 * does. Nor does what it could not even try.
 */
export function judgeProbe(before: Standing, probe: ProbeOutcome, detection: Patience): Standing {
  const { read, write, atMs } = probe;
  const failure = read === 'ok' ? write : read;
  const stall = judgeStall(before.stall, probe, detection);
  if (read === 'ok' && probe.restarted) {
    return { verdict: 'restarted', failures: 0, failure: orNull(write), sinceMs: null, stall };
  }
  if (failure === 'ok') return { verdict: 'alive', failures: 0, failure: null, sinceMs: null, stall };
  if (lives(read) || lives(write)) {
    // Only who answers a read is known to be reached, and so to be the one who holds the write back.
    const overdue = stall !== null && stall.latestMs - stall.sinceMs >= detection.writeDeadlineSeconds * 1_000;
    const verdict = read === 'ok' && overdue ? 'stalled' : 'suspect';
    return { verdict, failures: 0, failure, sinceMs: null, stall };
  }

  const missed = { failure, sinceMs: before.sinceMs ?? atMs, stall };
  const couldTry = [read, write].every((outcome) => outcome === 'ok' || !SAYING_NOTHING.includes(outcome));
  if (!couldTry || !probe.seesReplicas) return { ...missed, verdict: 'blind', failures: 0 };
  const failures = before.failures + 1;
  return { ...missed, verdict: failures >= detection.failures ? 'dead' : 'suspect', failures };
}

function lives(result: 'ok' | Failure): boolean {
  return result === 'ok' || SIGNS_OF_LIFE.includes(result);
}

function orNull(result: 'ok' | Failure): Failure | null {
  return result === 'ok' ? null : result;
}
