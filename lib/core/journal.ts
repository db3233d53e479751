/**
 * What a change did, as it is kept: every change can be explained from these events alone (invariant 8).
 *
 * @module
 */
import type { Election } from './elect.ts';
import type { FenceEvidence, FenceProof } from './proofs.ts';
import type { Vote } from './observation.ts';
import type { RouteKind } from './state.ts';

/** Why a change was asked for. */
export type Trigger =
  | { readonly kind: 'monitor'; readonly monitor: string; readonly epoch: number }
  | { readonly kind: 'operator'; readonly name: string; readonly reason: string };

/** What happened, by code. Append only: a step that runs twice says so twice. */
export type JournalDetail =
  | {
      readonly code: 'opened';
      readonly mode: 'failover';
      readonly trigger: Trigger;
      readonly oldPrimary: string;
      readonly instanceState: string;
      /** An operator wants nobody to be asked whether the primary is gone. */
      readonly force: boolean;
      /** The nominee of an earlier change that an operator has looked after; null when there was none to dismiss. */
      readonly dismissed: string | null;
    }
  | { readonly code: 'confirmed'; readonly because: string; readonly votes: readonly Vote[] }
  | { readonly code: 'stood-down'; readonly because: string }
  | { readonly code: 'planned'; readonly plan: Plan }
  | { readonly code: 'fence-evidence'; readonly evidence: FenceEvidence }
  | { readonly code: 'fence-failed'; readonly what: string; readonly because: string }
  | { readonly code: 'fence-proven'; readonly proof: FenceProof; readonly because: string }
  | { readonly code: 'fence-unproven'; readonly because: string }
  | {
      readonly code: 'interfaces-isolated';
      readonly undo: readonly { readonly id: string; readonly groups: readonly string[] }[];
    }
  | { readonly code: 'stop-requested'; readonly instanceId: string }
  | { readonly code: 'settled'; readonly candidate: string; readonly election: Election }
  | { readonly code: 'promoted'; readonly candidate: string; readonly identity: string }
  | {
      readonly code: 'address-moved';
      readonly address: string;
      readonly networkInterfaceId: string;
      readonly tookMs: number;
    }
  | { readonly code: 'route-failed'; readonly because: string }
  | { readonly code: 'record-changed'; readonly recordName: string; readonly address: string }
  | { readonly code: 'route-verified'; readonly route: RouteKind; readonly address: string; readonly identity: string }
  | { readonly code: 'repointed'; readonly nodeId: string; readonly source: string }
  | { readonly code: 'repoint-failed'; readonly nodeId: string; readonly because: string }
  | { readonly code: 'closed'; readonly summary: ChangeSummary }
  | { readonly code: 'halted'; readonly at: string; readonly because: string }
  | { readonly code: 'fence-complete'; readonly instanceId: string }
  | { readonly code: 'fence-incomplete'; readonly because: string };

export type JournalCode = JournalDetail['code'];

/** One event of a change. `atMs` is the clock of the function that wrote it, in epoch milliseconds. */
export type JournalEvent = JournalDetail & {
  readonly cluster: string;
  /** The epoch that the change makes. */
  readonly epoch: number;
  readonly execution: string;
  readonly atMs: number;
};

/** What is going to be done, before anything is. */
export interface Plan {
  readonly epoch: number;
  readonly oldPrimary: string;
  readonly candidate: string;
  readonly losers: readonly { readonly nodeId: string; readonly code: string; readonly because: string }[];
  readonly repoint: readonly string[];
  readonly route: { readonly type: string; readonly address: string; readonly fallbackRecord: string };
  /** Transactions; null when it can't be told. */
  readonly possibleLoss: number | null;
}

/** What people are told when it is over. */
export interface ChangeSummary {
  readonly cluster: string;
  readonly epoch: number;
  readonly trigger: Trigger;
  readonly oldPrimary: string;
  readonly newPrimary: string;
  readonly route: RouteKind;
  readonly proof: FenceProof;
  readonly possibleLoss: number | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** From the first missed probe to the end, in milliseconds; from the start for a manual change. */
  readonly outageMs: number;
}
