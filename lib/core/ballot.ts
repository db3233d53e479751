/**
 * What each configured monitor says at this moment, or why its vote does not count. The reader's own configuration
 * says who the monitors are, where they stand and how long a vote lives, whatever a vote itself claims: while a
 * deployment is replaced, two readers may count differently, and each counts by rules of its own.
 *
 * @module
 */
import type { ClusterConfig, MonitorConfig, ProbeRhythm } from './config.ts';
import { CALLS_FOR_CHANGE, type Vote } from './observation.ts';
import { PULSE_MS } from './pulse.ts';
import type { ClusterState } from './state.ts';

/**
 * By how much the clocks of two functions may differ, in milliseconds. Lambda's hosts follow Amazon's time service,
 * which keeps them within a few milliseconds; a second leaves room for a host that has lost it for hours. Where clocks
 * differ by more, votes count for nothing rather than for too long: a late clock makes them look stale, an early one
 * from the future. Within the bound a vote can be believed for at most this much longer than it lives.
 */
export const MAX_CLOCK_SKEW_MS = 1_000;

/**
 * A vote that says nothing new is confirmed this often, in milliseconds: by the pulse of its monitor, or, where it calls
 * for a change, by being written again. `dead` is written in each round.
 */
export const VOTE_REPEAT_MS = PULSE_MS;

/** Time for two rounds of probes, in milliseconds: a vote that is renewed in each round lives so long. */
export function roundsMs({ intervalMs, timeoutMs }: ProbeRhythm): number {
  return 2 * Math.max(intervalMs, timeoutMs);
}

/**
 * For how long after it last stood a vote is its monitor's word by the reader's clock, in milliseconds: as long as it
 * would take that monitor to replace or confirm it, and the skew. `dead` is renewed in each round, any other less often.
 */
export function voteLifetimeMs(detection: ProbeRhythm, verdict: Vote['verdict']): number {
  return roundsMs(detection) + MAX_CLOCK_SKEW_MS + (verdict === 'dead' ? 0 : VOTE_REPEAT_MS);
}

/** Why a vote is not its monitor's word at this moment. */
export type VoidCode = 'none' | 'other-primary' | 'older-epoch' | 'other-zone' | 'from-the-future' | 'stale';

/** One configured monitor, with its vote where that counts. */
export type Ballot =
  | { readonly monitor: MonitorConfig; readonly counts: true; readonly vote: Vote; readonly word: string }
  | { readonly monitor: MonitorConfig; readonly counts: false; readonly code: VoidCode; readonly word: string };

export interface BallotInput {
  readonly cluster: ClusterConfig;
  /** Those that the reader has in its configuration; votes of others are no votes. */
  readonly monitors: readonly MonitorConfig[];
  readonly state: Pick<ClusterState, 'epoch' | 'primary'>;
  readonly votes: readonly Vote[];
  readonly nowMs: number;
}

/**
 * A ballot of each configured monitor, in the order of the configuration. A vote of a later epoch counts too: the change
 * that is being confirmed has made the epoch one higher, and monitors that still miss the primary vote on under it.
 *
 * A vote of an earlier epoch counts when it calls for no change. Who sees nothing wrong reads the record seldom, and so
 * may not know of a change that has just stood down; what it sees of the same primary is true all the same, and without
 * it a second attempt would go through that its word forbids (invariant 7).
 */
export function ballotsOf(input: BallotInput): readonly Ballot[] {
  return input.monitors.map((monitor) => {
    const vote = latestOf(input.votes.filter((each) => each.monitor === monitor.id));
    if (vote === undefined) return { monitor, counts: false, code: 'none', word: 'has not voted' };
    const flaw = flawOf(vote, monitor, input);
    return flaw === null ? { monitor, counts: true, vote, word: vote.verdict } : { monitor, counts: false, ...flaw };
  });
}

/** What all configured monitors say, in words: `a: dead, b: has not voted`. */
export function describeBallots(ballots: readonly Ballot[]): string {
  return ballots.map(({ monitor, word }) => `${monitor.id}: ${word}`).join(', ');
}

function flawOf(vote: Vote, monitor: MonitorConfig, input: BallotInput): { code: VoidCode; word: string } | null {
  const { cluster, state, nowMs } = input;
  if (vote.primary !== state.primary) return { code: 'other-primary', word: `votes on ${vote.primary}` };
  if (vote.epoch < state.epoch && CALLS_FOR_CHANGE.includes(vote.verdict)) {
    return { code: 'older-epoch', word: `votes on epoch ${vote.epoch}, which was before ${state.epoch}` };
  }
  if (vote.availabilityZone !== monitor.availabilityZone) {
    return {
      code: 'other-zone',
      word: `votes from ${vote.availabilityZone}, but is configured in ${monitor.availabilityZone}`,
    };
  }
  const ageMs = nowMs - vote.standsAtMs;
  if (ageMs < -MAX_CLOCK_SKEW_MS) {
    return { code: 'from-the-future', word: `its vote is ${-ageMs} ms from the future, its clock or ours is wrong` };
  }
  const lifetimeMs = voteLifetimeMs(cluster.detection, vote.verdict);
  if (ageMs > lifetimeMs) {
    return { code: 'stale', word: `its vote (${vote.verdict}) is ${ageMs} ms old, and ${lifetimeMs} ms is the most` };
  }
  return null;
}

/** The newest by when it was written; of several at one instant, which no monitor writes, one that does not call for a change. */
function latestOf(votes: readonly Vote[]): Vote | undefined {
  const rank = (vote: Vote) => `${CALLS_FOR_CHANGE.includes(vote.verdict) ? 1 : 0} ${JSON.stringify(vote)}`;
  return [...votes].sort((a, b) => b.atMs - a.atMs || (rank(a) < rank(b) ? -1 : 1))[0];
}
