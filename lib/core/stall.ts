/**
 * A primary that answers and takes no write: its disk is full or stalled, or it waits for acknowledgements that do not
 * come.
 *
 * @module
 */
import type { ProbeRhythm } from './config.ts';
import { roundsMs } from './ballot.ts';
import type { Failure } from './observation.ts';

/** An unbroken run of probes that were answered and could not write, in epoch milliseconds. */
export interface Stall {
  readonly sinceMs: number;
  /** The latest of them. */
  readonly latestMs: number;
  /** Whether a write could have been acknowledged during the latest. */
  readonly acknowledgeable: boolean;
}

/** Outcomes of a write to a server that answers otherwise: it took the write, and does not end it. */
const STALLING: readonly Failure[] = ['timeout', 'unanswered', 'full'];
/** Outcomes that say nothing of whether it would take a write: there was no connection to send one over. */
const UNTOLD: readonly Failure[] = ['exhausted', 'refused', 'cut', 'unreachable', 'unresolvable', 'untried'];

/**
 * The stall after one more probe; null when the write succeeded, or was refused for another reason: a primary that is
 * read-only, or has no heartbeat table, is somebody's doing, and another primary would be no remedy.
 *
 * A probe that could not even read neither adds to a stall nor ends it; but after two rounds of them the run is broken.
 * Else a network that was cut for longer than the deadline would look like a stall in its first moment back, while the
 * write of before is still on its way. For the same reason it begins anew in the moment when replicas are back that could
 * acknowledge: what was waited for until then was they, and the disk has yet to show that it does not write.
 */
export function judgeStall(
  before: Stall | null,
  probe: {
    readonly read: 'ok' | Failure;
    readonly write: 'ok' | Failure;
    /** Replicas hear the primary and acknowledge, as many as a commit waits for. */
    readonly acknowledgeable: boolean;
    readonly atMs: number;
  },
  rhythm: ProbeRhythm,
): Stall | null {
  const { read, write, acknowledgeable, atMs } = probe;
  if (write === 'ok') return null;
  if (!STALLING.includes(write)) return UNTOLD.includes(write) ? before : null;
  if (read !== 'ok') return before;
  const goesOn =
    before !== null && atMs - before.latestMs <= roundsMs(rhythm) && (before.acknowledgeable || !acknowledgeable);
  return { sinceMs: goesOn ? before.sinceMs : atMs, latestMs: atMs, acknowledgeable };
}
