/**
 * The lease of an invocation on its seat: renewed by a pulse until its time is up, until another stands by to relieve
 * it, or until another has taken the seat.
 *
 * While the table is out of reach the invocation goes on looking, so that a death meanwhile is told as soon as the table
 * is back; it does not vote. Should the table be out of reach for this one alone, another may take the seat and look as
 * well until this one hears of it.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import { LEASE_MS, PULSE_MS, type Pulse } from '../../lib/core/pulse.ts';
import type { MonitorContext, Term } from './context.ts';

/** Time kept back at the end of an invocation, so that it ends by itself, in milliseconds. */
export const RESERVE_MS = 30_000;
/** A renewal that failed is tried again after this, in milliseconds. */
const RETRY_MS = 1_000;

/** Why an invocation stops watching. */
export type LeaseEnd = 'over' | 'relieved' | 'lost';

export interface LeaseProps {
  /** The pulse by which the seat was taken. */
  readonly taken: Pulse;
  readonly remainingMs: () => number;
  /** Clusters of which the next pulse can't say that they are watched. */
  readonly unwatched: () => readonly string[];
}

export interface Lease {
  readonly term: Term;
  /** Renews until there is a reason to stop. */
  keep(): Promise<LeaseEnd>;
  /** Writes the last pulse: whoever comes takes the seat at once. Rejects with `CloudError`. */
  release(stoppedAtMs: number): Promise<void>;
}

export function leaseOf(props: LeaseProps, { clock, state, log }: MonitorContext): Lease {
  const { taken, remainingMs, unwatched } = props;
  const leftMs = () => remainingMs() - RESERVE_MS;
  let latest = taken;
  let isOver = false;
  const next = (): Pulse => {
    const nowMs = clock.now();
    return {
      ...latest,
      atMs: nowMs,
      untilMs: nowMs + LEASE_MS,
      endsAtMs: nowMs + Math.max(0, leftMs()),
      unwatched: unwatched(),
    };
  };

  return {
    term: { id: taken.term, holds: () => !isOver && clock.now() <= latest.untilMs },

    async keep() {
      let dueAtMs = taken.atMs + PULSE_MS;
      for (;;) {
        if (leftMs() <= 0) return 'over';
        const nowMs = clock.now();
        if (nowMs < dueAtMs) {
          await clock.sleep(Math.min(dueAtMs - nowMs, leftMs()));
          continue;
        }
        const pulse = next();
        try {
          const renewal = await state.renewSeat(pulse);
          if (!renewal.held) {
            isOver = true;
            return 'lost';
          }
          latest = pulse;
          if (renewal.relief !== null) return 'relieved';
          dueAtMs = pulse.atMs + PULSE_MS;
        } catch (error) {
          log(`could not renew the lease: ${messageOf(error)}`);
          dueAtMs = clock.now() + RETRY_MS;
        }
      }
    },

    async release(stoppedAtMs) {
      isOver = true;
      await state.renewSeat({ ...next(), releasedAtMs: stoppedAtMs });
    },
  };
}
