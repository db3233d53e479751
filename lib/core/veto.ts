/**
 * Replicas as witnesses: one that heard the primary within its heartbeat bounds has a veto, since the primary lives and
 * only the monitors lost sight of it.
 *
 * A veto is set aside in one case only: the primary's zone is cut off as a whole. There a replica beside the primary
 * hears it and a monitor beside it sees both, which shows no more than that the primary lives inside its zone, where
 * the rest of the world can't use it. Nothing is lost by setting it aside: that the primary can't acknowledge writes
 * any more still has to be proven before anybody is promoted.
 *
 * @module
 */
import type { Ballot } from './ballot.ts';
import { MAX_CLOCK_SKEW_MS } from './ballot.ts';
import type { ClusterConfig, NodeConfig } from './config.ts';
import type { NodeObservation, Vote, Witness } from './observation.ts';

/** Replicas hear at least a heartbeat in this time from a source that lives, in milliseconds. */
export const HEARTBEAT_PERIOD_MS = 250;

/**
 * A replica that received nothing for this long has stopped hearing the primary, in milliseconds: as long as all probes
 * but the first take to fail, and at least two heartbeats.
 */
export function witnessSilenceMs({ intervalMs, timeoutMs, failures }: ClusterConfig['detection']): number {
  return Math.max((failures - 1) * Math.max(intervalMs, timeoutMs), 2 * HEARTBEAT_PERIOD_MS);
}

export interface VetoInput {
  readonly cluster: ClusterConfig;
  readonly primary: NodeConfig;
  readonly ballots: readonly Ballot[];
  /** How many monitors are a majority. */
  readonly needed: number;
  /** Replicas as the reader itself has just seen them; empty where only votes are at hand. */
  readonly live: readonly NodeObservation[];
}

/** What speaks against a death: a sentence for the veto that stands, and the monitors whose reports were set aside. */
export interface VetoFinding {
  readonly veto: string | null;
  readonly setAside: readonly string[];
}

/** One replica as one monitor saw it. */
interface Report {
  readonly vote: Vote;
  readonly witness: Witness;
}

/**
 * Each replica is asked twice: by the monitors, with their votes, and by the reader just now. What came in between counts
 * as heard; so does a silence that is too short, or whose length nobody knows.
 */
export function findVeto(input: VetoInput): VetoFinding {
  const boundMs = witnessSilenceMs(input.cluster.detection);
  const votes = input.ballots.flatMap((ballot) => (ballot.counts ? [ballot.vote] : []));
  const reports = votes
    .flatMap((vote) => vote.witnesses.map((witness) => ({ vote, witness })))
    .sort((a, b) => compareText(a.vote.monitor, b.vote.monitor) || compareText(a.witness.nodeId, b.witness.nodeId));
  const setAside = new Set<string>();
  for (const report of reports) {
    const { vote, witness } = report;
    if (!hears(witness, boundMs) || reports.some((other) => knowsBetter(other, report, boundMs))) continue;
    if (isInsideOnly(report, input)) {
      setAside.add(vote.monitor);
      continue;
    }
    const silence = witness.silentMs === null ? 'at a time unknown to it' : `${witness.silentMs} ms`;
    const veto = `${witness.nodeId} received from ${input.primary.id} ${silence} before monitor ${vote.monitor} asked it`;
    return { veto, setAside: [] };
  }
  const veto = findHearerSince(input, reports);
  return { veto, setAside: veto === null ? [...setAside].sort() : [] };
}

function hears(witness: Witness, boundMs: number): boolean {
  if (!witness.reachable || witness.receiver !== 'receiving') return false;
  return witness.silentMs === null || witness.silentMs < boundMs;
}

/**
 * Whether a monitor that misses the primary reached the same replica later, by more than clocks may differ, and found it
 * silent. A monitor that died together with the primary leaves a last vote in which all is well: it is no veto once
 * others know better.
 */
function knowsBetter(other: Report, report: Report, boundMs: number): boolean {
  return (
    other.vote.verdict === 'dead' &&
    other.witness.nodeId === report.witness.nodeId &&
    other.witness.reachable &&
    !hears(other.witness, boundMs) &&
    other.vote.atMs - report.vote.atMs > MAX_CLOCK_SKEW_MS
  );
}

/**
 * Whether a report shows only that the primary lives inside a zone that is cut off: a monitor in that zone reports a
 * replica in that zone and sees the primary alive; and every configured monitor outside says `dead`, these are a majority
 * by themselves, and each says of every replica in the zone that it does not answer.
 *
 * Every configured monitor, not every one that votes: else the silence of one that still reaches the zone would allow
 * a change that its word forbids (invariant 7).
 */
function isInsideOnly({ vote, witness }: Report, { cluster, primary, ballots, needed }: VetoInput): boolean {
  const zone = primary.availabilityZone;
  const inside = new Set(cluster.nodes.filter((node) => node.availabilityZone === zone).map((node) => node.id));
  if (vote.availabilityZone !== zone || vote.verdict !== 'alive' || !inside.has(witness.nodeId)) return false;
  const outside = ballots.filter((ballot) => ballot.monitor.availabilityZone !== zone);
  const replicasInside = [...inside].filter((nodeId) => nodeId !== primary.id);
  return (
    outside.length >= needed &&
    outside.every(
      (ballot) =>
        ballot.counts &&
        ballot.vote.verdict === 'dead' &&
        replicasInside.every((nodeId) => saysUnreachable(ballot.vote, nodeId)),
    )
  );
}

/** A replica that a vote does not mention is unknown, not unreachable. */
function saysUnreachable(vote: Vote, nodeId: string): boolean {
  const its = vote.witnesses.filter((each) => each.nodeId === nodeId);
  return its.length > 0 && its.every((each) => !each.reachable);
}

/**
 * The sentence about a replica that receives, and has received something, be it a heartbeat, that no vote knows of. It is
 * never set aside: the reader reaches that replica itself, so its zone is not cut off from everybody.
 */
function findHearerSince({ primary, live }: VetoInput, reports: readonly Report[]): string | null {
  for (const seen of [...live].sort((a, b) => compareText(a.nodeId, b.nodeId))) {
    const replica = seen.reachable ? seen.server.replica : null;
    if (replica?.receiver !== 'receiving') continue;
    const isKnown = reports.some(
      ({ witness }) =>
        witness.nodeId === seen.nodeId &&
        witness.received === replica.received &&
        witness.heartbeats === replica.heartbeats,
    );
    if (!isKnown) return `${seen.nodeId} has received more from ${primary.id} since the monitors voted`;
  }
  return null;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
