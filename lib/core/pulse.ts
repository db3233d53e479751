/**
 * The pulse of a monitor: the one thing that it writes again and again while all is well, for all clusters of a shard
 * together. It is the lease by which one invocation alone probes, and it keeps the votes of that invocation standing, so
 * that a vote which would only be repeated is not written again.
 *
 * A pulse never makes a change: what calls for one (`CALLS_FOR_CHANGE`) stands by its own writing alone, and a lost pulse
 * takes votes away, which never agrees to anything (invariant 7).
 *
 * @module
 */
import { CALLS_FOR_CHANGE, type Vote } from './observation.ts';

/** How often a monitor writes its pulse, in milliseconds. */
export const PULSE_MS = 5_000;
/** The lease of a holder that died runs out after this, in milliseconds: it may miss one pulse, and not two. */
export const LEASE_MS = 2 * PULSE_MS;

/** The place that one invocation fills at a time: one monitor in one shard. */
export interface Seat {
  readonly monitor: string;
  /** Number of the shard, from 0. */
  readonly shard: number;
}

/** By whom clusters were watched, and until when. */
export interface Watched {
  /** The invocation: votes bear the name of the one that wrote them. */
  readonly term: string;
  /** When it said so, by its own clock, in epoch milliseconds. */
  readonly atMs: number;
  /** Clusters of the shard of which it could not say so: not looked at for two rounds, or what was seen is not written. */
  readonly unwatched: readonly string[];
}

/** All times are epoch milliseconds by the clock of the invocation that wrote it. */
export interface Pulse extends Seat, Watched {
  /** Others may take the seat after this, unless the pulse is renewed. */
  readonly untilMs: number;
  /** When the invocation will leave by itself. */
  readonly endsAtMs: number;
  /** When it began its last round, once it has left; null while it watches. */
  readonly releasedAtMs: number | null;
  /** The configuration that it works by. */
  readonly revision: string;
  /** A moment at which the grid of its rounds began. */
  readonly anchorMs: number;
  /** An invocation that stands by and asks to take over; null when none does. */
  readonly relief: string | null;
  /** What stood here when it took the seat: votes of that invocation stand until its own replace them. */
  readonly before: Watched | null;
}

/** A vote as it stands by these pulses: one that calls for no change is confirmed by each pulse of its own term. */
export function standing(vote: Vote, pulses: readonly Pulse[]): Vote {
  if (CALLS_FOR_CHANGE.includes(vote.verdict)) return { ...vote, standsAtMs: vote.atMs };
  const confirmedAtMs = pulses
    .filter((pulse) => pulse.monitor === vote.monitor)
    .flatMap((pulse) => (pulse.before === null ? [pulse] : [pulse, pulse.before]))
    .filter((watched) => watched.term === vote.term && !watched.unwatched.includes(vote.cluster))
    .map((watched) => watched.atMs);
  return { ...vote, standsAtMs: Math.max(vote.atMs, ...confirmedAtMs) };
}
