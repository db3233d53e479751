/**
 * Whether independent monitors agree that a primary is gone. Losing any minority of monitors, or all of them, never
 * agrees (invariant 7): absence of votes is not a vote.
 *
 * @module
 */
import type { ClusterConfig, MonitorConfig } from './config.ts';
import { findNode } from './config.ts';
import type { NodeObservation, Vote, Witness } from './observation.ts';
import type { ClusterState } from './state.ts';

/** Replicas hear at least a heartbeat in this time from a source that lives, in milliseconds. */
export const HEARTBEAT_PERIOD_MS = 250;

/** A vote that is repeated each interval is believed for this long; clocks may differ by up to a second of it. */
export function voteLifetimeMs(detection: ClusterConfig['detection']): number {
  return 2 * Math.max(detection.intervalMs, detection.timeoutMs) + 1_000;
}

/**
 * A replica that received nothing for this long has stopped hearing the primary: as long as all probes but the first
 * take to fail, and at least two heartbeats.
 */
export function witnessSilenceMs({ intervalMs, timeoutMs, failures }: ClusterConfig['detection']): number {
  return Math.max((failures - 1) * Math.max(intervalMs, timeoutMs), 2 * HEARTBEAT_PERIOD_MS);
}

export type Agreement =
  | { readonly agreed: true; readonly voters: readonly string[]; readonly because: string }
  | { readonly agreed: false; readonly code: DisagreementCode; readonly because: string };

export type DisagreementCode = 'no-quorum' | 'only-the-primary-zone' | 'a-replica-hears-it';

export interface QuorumInput {
  readonly cluster: ClusterConfig;
  readonly monitors: readonly MonitorConfig[];
  readonly state: Pick<ClusterState, 'epoch' | 'primary'>;
  readonly votes: readonly Vote[];
  /** Replicas as seen just now; empty where only the votes are at hand. */
  readonly live: readonly NodeObservation[];
  readonly nowMs: number;
}

/**
 * A majority of the configured monitors, and never fewer than two, say `dead` of this primary in this epoch, freshly;
 * one of them stands outside the primary's zone; and no replica still hears it.
 */
export function agreeOnDeath(input: QuorumInput): Agreement {
  const { cluster, monitors, state } = input;
  const fresh = freshVotes(input);
  const dead = fresh.filter((vote) => vote.verdict === 'dead');
  const needed = Math.max(2, Math.floor(monitors.length / 2) + 1);
  if (dead.length < needed) {
    return {
      agreed: false,
      code: 'no-quorum',
      because: `${dead.length} of ${monitors.length} monitors miss ${state.primary}, ${needed} are needed (${describeVotes(input, fresh)})`,
    };
  }
  const zone = findNode(cluster, state.primary).availabilityZone;
  if (dead.every((vote) => vote.availabilityZone === zone)) {
    return {
      agreed: false,
      code: 'only-the-primary-zone',
      because: `only monitors in ${zone}, the zone of ${state.primary}, miss it; their zone may be cut off`,
    };
  }
  const hearer = findHearer(input, fresh);
  if (hearer !== null) return { agreed: false, code: 'a-replica-hears-it', because: hearer };
  const voters = dead.map((vote) => vote.monitor).sort();
  return {
    agreed: true,
    voters,
    because: `monitors ${voters.join(', ')} of ${monitors.length} miss ${state.primary}, and no replica hears it`,
  };
}

/**
 * The latest word of each configured monitor, where it is about this primary and young enough by the reader's clock.
 * A vote of a later epoch counts too: the change that is being confirmed has made the epoch one higher, and monitors
 * that still miss the primary vote on under it.
 */
function freshVotes({ cluster, monitors, state, votes, nowMs }: QuorumInput): Vote[] {
  const latest = monitors.flatMap(
    (monitor) => votes.filter((vote) => vote.monitor === monitor.id).sort((a, b) => b.atMs - a.atMs)[0] ?? [],
  );
  return latest.filter(
    (vote) =>
      vote.epoch >= state.epoch &&
      vote.primary === state.primary &&
      Math.abs(nowMs - vote.atMs) <= voteLifetimeMs(cluster.detection),
  );
}

function describeVotes({ monitors }: QuorumInput, fresh: readonly Vote[]): string {
  return monitors
    .map((monitor) => `${monitor.id}: ${fresh.find((vote) => vote.monitor === monitor.id)?.verdict ?? 'no fresh vote'}`)
    .join(', ');
}

/**
 * The sentence about a replica that still hears the primary, or null. A replica whose receiver runs is asked twice:
 * by a monitor with its vote, and just now. What came in between counts as heard; so does a silence too short to tell.
 */
function findHearer(input: QuorumInput, fresh: readonly Vote[]): string | null {
  const bound = witnessSilenceMs(input.cluster.detection);
  for (const vote of fresh) {
    for (const witness of vote.witnesses) {
      if (hears(witness, bound)) {
        return `${witness.nodeId} received from ${input.state.primary} ${witness.silentMs ?? 'an unknown number of'} ms before monitor ${vote.monitor} asked it`;
      }
    }
  }
  for (const seen of input.live) {
    if (!seen.reachable || seen.server.replica?.receiver !== 'receiving') continue;
    const known = fresh.flatMap((vote) => vote.witnesses).filter((witness) => witness.nodeId === seen.nodeId);
    if (!known.some((witness) => witness.received === seen.server.replica?.received)) {
      return `${seen.nodeId} has received more from ${input.state.primary} since the monitors voted`;
    }
  }
  return null;
}

function hears(witness: Witness, boundMs: number): boolean {
  if (!witness.reachable || witness.receiver !== 'receiving') return false;
  return witness.silentMs === null || witness.silentMs < boundMs;
}
