/**
 * Whether independent monitors agree that a primary is gone. Losing any minority of monitors, or all of them, never
 * agrees (invariant 7): absence of votes is not a vote.
 *
 * Agreement is evidence that the primary is gone, and no lock. Two readers with different configurations, as while a
 * deployment is replaced, may therefore answer differently at one moment, and both are safe: each asks for a majority
 * of the monitors that it knows itself, the lock in the table lets one change happen, and the fence is proven before
 * anything is promoted. What a smaller configuration takes away is witnesses: once two of five monitors are removed,
 * two of the three that are left decide, and whatever the removed ones still see counts no more. So remove monitors
 * that stand in one zone with another, never those that stand alone.
 *
 * @module
 */
import { ballotsOf, describeBallots, type BallotInput } from './ballot.ts';
import type { MonitorConfig } from './config.ts';
import type { NodeObservation } from './observation.ts';
import { findVeto } from './veto.ts';

export type Agreement =
  | {
      readonly agreed: true;
      /** Monitors that say `dead`, by name. */
      readonly voters: readonly string[];
      /** Monitors in the zone of the primary whose reports show only that it lives inside there. */
      readonly setAside: readonly string[];
      readonly because: string;
    }
  | { readonly agreed: false; readonly code: DisagreementCode; readonly because: string };

export type DisagreementCode = 'unknown-primary' | 'no-quorum' | 'only-the-primary-zone' | 'a-replica-hears-it';

export interface QuorumInput extends BallotInput {
  /** Replicas as the reader itself has just seen them; empty where only the votes are at hand. */
  readonly live: readonly NodeObservation[];
}

/** How many monitors must miss a primary: a majority of those configured, and never fewer than two. */
export function majorityOf(monitors: readonly MonitorConfig[]): number {
  return Math.max(2, Math.floor(monitors.length / 2) + 1);
}

/**
 * A majority of the configured monitors, and never fewer than two, say `dead` of this primary in this epoch, freshly;
 * one of them stands outside the primary's zone; and no replica still hears it. It depends on what is given alone, never
 * on the order of it. Taking away a `dead` that reports no replica hearing the primary, or adding any other verdict,
 * never makes an agreement.
 */
export function agreeOnDeath(input: QuorumInput): Agreement {
  const { cluster, monitors, live } = input;
  const primary = cluster.nodes.find((node) => node.id === input.state.primary);
  if (primary === undefined) {
    return {
      agreed: false,
      code: 'unknown-primary',
      because: `the record names ${input.state.primary} as the primary, which is not in the configuration; deploy the one that has it`,
    };
  }
  const ballots = ballotsOf(input);
  const dead = ballots.filter((ballot) => ballot.counts && ballot.vote.verdict === 'dead');
  const needed = majorityOf(monitors);
  if (dead.length < needed) {
    return {
      agreed: false,
      code: 'no-quorum',
      because: `${dead.length} of ${monitors.length} monitors miss ${primary.id}, ${needed} are needed (${describeBallots(ballots)})`,
    };
  }
  const zone = primary.availabilityZone;
  if (dead.every(({ monitor }) => monitor.availabilityZone === zone)) {
    return {
      agreed: false,
      code: 'only-the-primary-zone',
      because: `only monitors in ${zone}, the zone of ${primary.id}, miss it; their zone may be cut off (${describeBallots(ballots)})`,
    };
  }
  const { veto, setAside } = findVeto({ cluster, primary, ballots, needed, live });
  if (veto !== null) return { agreed: false, code: 'a-replica-hears-it', because: veto };

  const voters = dead.map(({ monitor }) => monitor.id).sort();
  const heard =
    setAside.length === 0
      ? 'no replica hears it'
      : `only inside ${zone}, which nobody outside reaches, a replica hears it (seen by ${setAside.join(', ')})`;
  return {
    agreed: true,
    voters,
    setAside,
    because: `monitors ${voters.join(', ')} of ${monitors.length} miss ${primary.id}, and ${heard}`,
  };
}
