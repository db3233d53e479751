/**
 * The record of each cluster, its votes, its journal and the leases of monitors. Reads are strongly consistent; every
 * write that changes a cluster is conditional on its epoch and on the execution that holds it (invariant 2).
 *
 * @module
 */
import type { JournalEvent } from '../core/journal.ts';
import type { Vote } from '../core/observation.ts';
import type { ClusterState, Nominee, RouteKind } from '../core/state.ts';

/** Who wants to change a cluster, under which epoch. */
export interface Actor {
  readonly cluster: string;
  readonly epoch: number;
  readonly execution: string;
}

/** Who probes as one monitor. All times are epoch milliseconds. */
export interface Lease {
  readonly holder: string;
  /** Others may take it after this, unless it is renewed. */
  readonly untilMs: number;
  /** When the holder will give it up by itself. */
  readonly endsAtMs: number;
}

/** Who took whose place. */
export interface PrimaryChange {
  readonly primary: string;
  /** The old primary, which is fenced. */
  readonly fenced: string;
  /** All that the new one had when it was opened. */
  readonly promotedAt: string;
}

export interface StateStore {
  read(cluster: string): Promise<ClusterState | null>;
  /** Writes the first record of a cluster, epoch 1, unless there is one; answers the one that stands. */
  register(cluster: string, primary: string): Promise<ClusterState>;

  /**
   * Takes the lock for the next epoch, if the record still is what the caller saw. Answers null when somebody else
   * was first. Taking it again with the same execution answers the record as it stands.
   */
  open(seen: ClusterState, execution: string): Promise<ClusterState | null>;
  /**
   * Writes down who is about to be opened, before anything is. Throws `StaleActor`, and `PromotionRefused` when a change
   * before this one was about to open another server, which may be writable by now.
   */
  nominate(actor: Actor, nominee: Omit<Nominee, 'epoch'>): Promise<void>;
  /**
   * Forgets the nominee of an earlier change, on the word of a person who has looked; one of this epoch stays. Throws
   * `StaleActor`.
   */
  dismissNominee(actor: Actor): Promise<void>;
  /**
   * Makes the nominee, who is open by now, the primary of the record, and `fenced` a server that is fenced. The second
   * time it finds that. Throws `StaleActor`.
   */
  recordPrimary(actor: Actor, change: PrimaryChange): Promise<void>;
  /**
   * Ends a change: steady, lock released, nothing starts by itself before `notBeforeMs`. False when it had ended already.
   * Throws `StaleActor`.
   */
  close(actor: Actor, end: { readonly route: RouteKind; readonly notBeforeMs: number }): Promise<boolean>;
  /** Ends a change that did nothing: the phase is what it was before, the lock released. Throws `StaleActor`. */
  standDown(actor: Actor, notBeforeMs: number): Promise<void>;
  /** Ends a change halted: the lock is released and nothing starts until a person releases the cluster. Throws `StaleActor`. */
  halt(actor: Actor): Promise<void>;
  /** Counts an execution that ended without taking the lock, so that the next has another name. False when already counted. */
  countAttempt(seen: ClusterState, notBeforeMs: number): Promise<boolean>;

  vote(vote: Vote): Promise<void>;
  votes(cluster: string): Promise<readonly Vote[]>;

  append(event: JournalEvent): Promise<void>;
  /** Everything journalled under an epoch, oldest first. */
  journal(cluster: string, epoch: number): Promise<readonly JournalEvent[]>;

  /** Takes or renews a monitor's lease. When another holder's has not run out, says when that holder means to end. */
  lease(monitor: string, wanted: Lease, nowMs: number): Promise<{ held: true } | { held: false; endsAtMs: number }>;
  release(monitor: string, holder: string): Promise<void>;
}
