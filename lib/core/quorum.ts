/**
 * Whether independent monitors agree that a primary is lost: gone, or there and of no use. Losing any minority of
 * monitors, or all of them, never agrees (invariant 7): absence of votes is not a vote.
 *
 * Agreement is evidence, and no lock. Two readers with different configurations, as while a deployment is replaced, may
 * therefore answer differently at one moment, and both are safe: each asks for a majority of the monitors that it knows
 * itself, the lock in the table lets one change happen, and the fence is proven before anything is promoted. What a
 * smaller configuration takes away is witnesses: once two of five monitors are removed, two of the three that are left
 * decide, and whatever the removed ones still see counts no more. So remove monitors that stand in one zone with another,
 * never those that stand alone.
 *
 * @module
 */
import { ballotsOf, describeBallots, type Ballot, type BallotInput } from './ballot.ts';
import type { MonitorConfig, NodeConfig } from './config.ts';
import type { NodeObservation, Verdict } from './observation.ts';
import { findRemedy } from './remedy.ts';
import { findVeto } from './veto.ts';

/**
 * How a primary is lost: it is `dead`; it answers but has taken no write for too long (`stalled`); or its server was
 * started again and does not do a primary's work (`restarted`).
 */
export type Loss = 'dead' | 'stalled' | 'restarted';

export type Agreement =
  | {
      readonly agreed: true;
      readonly loss: Loss;
      /** Monitors that say so, by name. */
      readonly voters: readonly string[];
      /** Monitors in the zone of the primary whose reports show only that it lives inside there. */
      readonly setAside: readonly string[];
      readonly because: string;
    }
  | { readonly agreed: false; readonly code: DisagreementCode; readonly because: string };

export type DisagreementCode =
  | 'unknown-primary'
  | 'no-quorum'
  | 'only-the-primary-zone'
  | 'a-replica-hears-it'
  /** They agree, and the configuration wants nothing to follow from it by itself. */
  | 'policy'
  /** They agree, and another primary would fare no better. */
  | 'no-remedy';

export interface QuorumInput extends BallotInput {
  /** Replicas as the reader itself has just seen them; empty where only the votes are at hand. */
  readonly live: readonly NodeObservation[];
}

/** How many monitors must miss a primary: a majority of those configured, and never fewer than two. */
export function majorityOf(monitors: readonly MonitorConfig[]): number {
  return Math.max(2, Math.floor(monitors.length / 2) + 1);
}

/**
 * A majority of the configured monitors, and never fewer than two, say the same of this primary in this epoch, freshly;
 * one of them stands outside the primary's zone; and nothing speaks against it: of one that is dead no replica hears, one
 * that is stalled has replicas that could acknowledge what it does not write, and the policy lets something follow. It
 * depends on what is given alone, never on the order of it. Taking away a `dead` that reports no replica hearing the
 * primary, or adding any verdict that does not call for a change, never makes an agreement.
 */
export function agreeOnLoss(input: QuorumInput): Agreement {
  const { cluster, monitors, state } = input;
  const primary = cluster.nodes.find((node) => node.id === state.primary);
  if (primary === undefined) {
    return {
      agreed: false,
      code: 'unknown-primary',
      because: `the record names ${state.primary} as the primary, which is not in the configuration; deploy the one that has it`,
    };
  }
  const ballots = ballotsOf(input);
  const saying = (verdict: Verdict) => ballots.filter((ballot) => ballot.counts && ballot.vote.verdict === verdict);
  const needed = majorityOf(monitors);
  const losses: readonly Loss[] = ['dead', 'stalled', 'restarted'];
  const loss = losses.find((each) => saying(each).length >= needed);
  if (loss === undefined) {
    return {
      agreed: false,
      code: 'no-quorum',
      because: `${saying('dead').length} of ${monitors.length} monitors miss ${primary.id}, ${needed} are needed (${describeBallots(ballots)})`,
    };
  }
  const zone = primary.availabilityZone;
  if (saying(loss).every(({ monitor }) => monitor.availabilityZone === zone)) {
    return {
      agreed: false,
      code: 'only-the-primary-zone',
      because: `only monitors in ${zone}, the zone of ${primary.id}, ${VERBS[loss]}; their zone may be cut off (${describeBallots(ballots)})`,
    };
  }
  const voters = saying(loss)
    .map(({ monitor }) => monitor.id)
    .sort();
  return JUDGES[loss]({ input, primary, ballots, needed, voters });
}

/** Completes "monitors a, b …". */
const VERBS: Readonly<Record<Loss, string>> = {
  dead: 'miss it',
  stalled: 'find it stalled',
  restarted: 'saw it restart',
};

interface Majority {
  readonly input: QuorumInput;
  readonly primary: NodeConfig;
  readonly ballots: readonly Ballot[];
  readonly needed: number;
  readonly voters: readonly string[];
}

/** What else must hold of each kind of loss. */
const JUDGES: Readonly<Record<Loss, (majority: Majority) => Agreement>> = {
  dead({ input: { cluster, monitors, live }, primary, ballots, needed, voters }) {
    const { veto, setAside } = findVeto({ cluster, primary, ballots, needed, live });
    if (veto !== null) return { agreed: false, code: 'a-replica-hears-it', because: veto };
    const heard =
      setAside.length === 0
        ? 'no replica hears it'
        : `only inside ${primary.availabilityZone}, which nobody outside reaches, a replica hears it (seen by ${setAside.join(', ')})`;
    const because = `monitors ${voters.join(', ')} of ${monitors.length} miss ${primary.id}, and ${heard}`;
    return { agreed: true, loss: 'dead', voters, setAside, because };
  },

  stalled({ input: { cluster, monitors, live }, primary, ballots, voters }) {
    const found = `monitors ${voters.join(', ')} of ${monitors.length} say that ${primary.id} answers and has taken no write for ${cluster.detection.writeDeadlineSeconds} s`;
    if (cluster.policy.stalledWrites === 'alarm') {
      return { agreed: false, code: 'policy', because: `${found}, and policy.stalledWrites is alarm` };
    }
    const remedy = findRemedy({ cluster, ballots, live });
    return remedy.wouldHelp
      ? { agreed: true, loss: 'stalled', voters, setAside: [], because: `${found}, and ${remedy.because}` }
      : { agreed: false, code: 'no-remedy', because: `${found}, but another would fare no better: ${remedy.because}` };
  },

  restarted({ input: { cluster, monitors }, primary, voters }) {
    const found = `monitors ${voters.join(', ')} of ${monitors.length} say that the server of ${primary.id} was started again and is no primary`;
    return cluster.policy.restart === 'alarm'
      ? { agreed: false, code: 'policy', because: `${found}, and policy.restart is alarm` }
      : { agreed: true, loss: 'restarted', voters, setAside: [], because: found };
  },
};
