/**
 * What follows from a view before any problem is looked for: who is the primary, what was seen of each node that is
 * young enough to count, what each monitor says, and whether they agree. The same whatever the order in the view.
 *
 * @module
 */
import { ballotsOf, MAX_CLOCK_SKEW_MS, roundsMs, type Ballot } from '../ballot.ts';
import type { NodeConfig } from '../config.ts';
import type { Failure, NodeObservation, ServerObservation } from '../observation.ts';
import { agreeOnLoss, type Agreement } from '../quorum.ts';
import type { ClusterView } from './view.ts';

/** One node as it was seen. */
export type Sight =
  | { readonly kind: 'seen'; readonly server: ServerObservation }
  | { readonly kind: 'missed'; readonly failure: Failure; readonly detail: string }
  /** Seen too long ago to say anything of now. Negative: after now, by a clock that went back. */
  | { readonly kind: 'stale'; readonly ageMs: number }
  | { readonly kind: 'unseen' };

export interface SeenNode {
  readonly node: NodeConfig;
  readonly server: ServerObservation;
}

export interface Facts extends ClusterView {
  /** Null when there is no record, or when it names a node that the configuration does not have. */
  readonly primary: NodeConfig | null;
  /** Every other node; all of them while nobody knows the primary. By name. */
  readonly others: readonly NodeConfig[];
  /** A change is under way: much that would be wrong otherwise is meant to be so. */
  readonly changing: boolean;
  /** The primary, where it was seen. */
  readonly seenPrimary: SeenNode | null;
  /** Other nodes that were seen, by name. */
  readonly seenOthers: readonly SeenNode[];
  /** Null when the votes were not read, or when there is no record that they could be about. */
  readonly ballots: readonly Ballot[] | null;
  /** Null likewise. */
  readonly agreement: Agreement | null;
  sightOf(node: NodeConfig): Sight;
}

export function factsOf(view: ClusterView): Facts {
  const { cluster, monitors, record, votes, nowMs } = view;
  const nodes = [...cluster.nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
  const primary = nodes.find((node) => node.id === record?.primary) ?? null;
  const sights = new Map(nodes.map((node) => [node.id, sightOf(view, node)]));
  const sightAt = (node: NodeConfig): Sight => sights.get(node.id) ?? { kind: 'unseen' };
  const seen = nodes.flatMap((node) => {
    const sight = sightAt(node);
    return sight.kind === 'seen' ? [{ node, server: sight.server }] : [];
  });
  const input = record === null || votes === null ? null : { cluster, monitors, state: record, votes, nowMs };
  return {
    ...view,
    primary,
    others: nodes.filter((node) => node !== primary),
    changing: record?.phase === 'changing',
    seenPrimary: seen.find(({ node }) => node === primary) ?? null,
    seenOthers: seen.filter(({ node }) => node !== primary),
    ballots: input === null ? null : ballotsOf(input),
    agreement: input === null ? null : agreeOnLoss({ ...input, live: [] }),
    sightOf: sightAt,
  };
}

/** Observations are made with the looker's own clock: as old as two rounds they say nothing of now. */
function sightOf({ cluster, observations, nowMs }: ClusterView, node: NodeConfig): Sight {
  const seen = latestOf((observations ?? []).filter((each) => each.nodeId === node.id));
  if (seen === undefined) return { kind: 'unseen' };
  const ageMs = nowMs - seen.atMs;
  if (ageMs > roundsMs(cluster.detection) || ageMs < -MAX_CLOCK_SKEW_MS) return { kind: 'stale', ageMs };
  return seen.reachable
    ? { kind: 'seen', server: seen.server }
    : { kind: 'missed', failure: seen.failure, detail: seen.detail };
}

/** The newest; of several at one instant always the same one, whatever their order. */
function latestOf(observations: readonly NodeObservation[]): NodeObservation | undefined {
  const rank = (seen: NodeObservation) => JSON.stringify(seen);
  return [...observations].sort((a, b) => b.atMs - a.atMs || (rank(a) < rank(b) ? -1 : 1))[0];
}
