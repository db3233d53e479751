/**
 * The record of each cluster, its votes, its journal and the pulses of monitors. Reads are strongly consistent; every
 * write that changes a cluster is conditional on its epoch and on the execution that holds it (invariant 2).
 *
 * @module
 */
import type { JournalEvent } from '../core/journal.ts';
import type { Vote } from '../core/observation.ts';
import type { Pulse, Seat } from '../core/pulse.ts';
import type { ClusterState, Nominee, RouteKind } from '../core/state.ts';

/** Who wants to change a cluster, under which epoch. */
export interface Actor {
  readonly cluster: string;
  readonly epoch: number;
  readonly execution: string;
}

/** What a holder that renews its lease finds: whether it still has it, and who stands by to relieve it. */
export type Renewal = { readonly held: true; readonly relief: string | null } | { readonly held: false };

/** Who took whose place. */
export interface PrimaryChange {
  readonly primary: string;
  /** The old primary, which is fenced; null where it is the same server, which was reopened. */
  readonly fenced: string | null;
  /** All that the new one had when it was opened. */
  readonly promotedAt: string;
  /** When it was reopened, in epoch milliseconds; null for one that was promoted in place of another. */
  readonly reopenedAtMs: number | null;
}

export interface StateStore {
  read(cluster: string): Promise<ClusterState | null>;
  /** The records of many clusters at once, by name; those that there are. */
  readAll(clusters: readonly string[]): Promise<ReadonlyMap<string, ClusterState>>;
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

  /** Replaces the monitor's vote; not by an older one of the same term, whose writing was late. */
  vote(vote: Vote): Promise<void>;
  /** The latest vote of each monitor, and until when it stands by the pulses of this moment. */
  votes(cluster: string): Promise<readonly Vote[]>;

  append(event: JournalEvent): Promise<void>;
  /** Everything journalled under an epoch, oldest first. */
  journal(cluster: string, epoch: number): Promise<readonly JournalEvent[]>;

  /** Who has a seat, or had it last; null when nobody ever had. */
  pulse(seat: Seat): Promise<Pulse | null>;
  /** Takes a seat, if what stands there still is what the caller saw: false when somebody was first. */
  takeSeat(pulse: Pulse, seen: Pulse | null): Promise<boolean>;
  /** Writes the next pulse of who has the seat, or the last, when it is released. Whoever asked for relief stays asked for. */
  renewSeat(pulse: Pulse): Promise<Renewal>;
  /** Asks who has the seat, by its term, to make room for `relief`. False when it is gone, or was asked by another. */
  askRelief(held: Pulse, relief: string): Promise<boolean>;
}
