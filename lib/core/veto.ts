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
import type { ClusterConfig, NodeConfig, ProbeRhythm } from './config.ts';
import type { NodeObservation, Vote, Witness } from './observation.ts';

/** Replicas hear at least a heartbeat in this time from a source that lives, in milliseconds. */
export const HEARTBEAT_PERIOD_MS = 250;

/**
 * A replica that received nothing for this long has stopped hearing the primary, in milliseconds: as long as all probes
 * but the first take to fail, and at least two heartbeats.
 */
export function witnessSilenceMs({ intervalMs, timeoutMs, failures }: ProbeRhythm): number {
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

/** What speaks against a death: a sentence about the veto, or null; and the monitors whose reports were set aside. */
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
  const reports = input.ballots.flatMap((ballot) =>
    ballot.counts ? ballot.vote.witnesses.map((witness) => ({ vote: ballot.vote, witness })) : [],
  );
  const hearing = reports.filter(
    (report) => hears(report.witness, boundMs) && !reports.some((other) => knowsBetter(other, report, boundMs)),
  );
  const [insideOnly, standing] = [
    hearing.filter((report) => isInsideOnly(report, input)),
    hearing.filter((report) => !isInsideOnly(report, input)),
  ];
  const vetoes = [
    ...standing.map((report) => sentenceOf(report, input.primary)),
    ...heardSince(input, reports).map(
      (id) => `${id} has received more from ${input.primary.id} since the monitors voted`,
    ),
  ];
  return {
    // Any will do; always the same one, in whatever order they came.
    veto: vetoes.sort()[0] ?? null,
    setAside: [...new Set(insideOnly.map(({ vote }) => vote.monitor))].sort(),
  };
}

function sentenceOf({ vote, witness }: Report, primary: NodeConfig): string {
  const when = witness.silentMs === null ? 'at an unknown time' : `${witness.silentMs} ms`;
  return `${witness.nodeId} received from ${primary.id} ${when} before monitor ${vote.monitor} asked it`;
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
  // Who sees the primary alive while everybody outside misses it stands inside.
  if (vote.verdict !== 'alive' || !inside.has(witness.nodeId)) return false;
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
 * Replicas that receive, and have received something, be it a heartbeat, that no vote knows of. They are never set aside:
 * the reader reaches them itself, so their zone is not cut off from everybody.
 */
function heardSince({ live }: VetoInput, reports: readonly Report[]): readonly string[] {
  return live.flatMap((seen) => {
    const replica = seen.reachable ? seen.server.replica : null;
    if (replica?.receiver !== 'receiving') return [];
    const isKnown = reports.some(
      ({ witness }) =>
        witness.nodeId === seen.nodeId &&
        witness.received === replica.received &&
        witness.heartbeats === replica.heartbeats,
    );
    return isKnown ? [] : [seen.nodeId];
  });
}
