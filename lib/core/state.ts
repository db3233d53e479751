/**
 * What is known of a cluster between two changes, and the names that follow from it.
 *
 * @module
 */
import { PromotionRefused } from './errors.ts';

export type Phase = 'steady' | 'changing' | 'halted' | 'maintenance';

/** How applications are led to the primary. */
export type RouteKind = 'vip' | 'dns';

/**
 * The server that a change was about to open for writes. It is written down before anything is opened, and it stays
 * when the change breaks off: an invocation that is still under way may open this server at any time, so until a
 * person has looked nobody else may be opened (invariant 1).
 */
export interface Nominee {
  readonly nodeId: string;
  readonly epoch: number;
  /** Whether it was known to come up read-only after a restart, before it was opened: later MariaDB can't tell. */
  readonly bootsReadOnly: boolean | 'unknown';
}

/** The one record of a cluster. Every change of it is conditional on `epoch` and `holder`. */
export interface ClusterState {
  readonly cluster: string;
  /** Grows by one with every change of primary: the fencing token. */
  readonly epoch: number;
  readonly primary: string;
  /** Whether the primary was known to come up read-only after a restart when it was promoted. */
  readonly bootsReadOnly: boolean | 'unknown';
  /**
   * All that the primary had when it was opened; null for one that no change has promoted. Some of it was acknowledged
   * under the primary before, and may be on this one alone until a replica has received it too.
   */
  readonly promotedAt: string | null;
  /** When the primary was last made the primary anew after a restart, in epoch milliseconds; null: never since it is one. */
  readonly reopenedAtMs: number | null;
  readonly phase: Phase;
  /** The phase that the latest change found: a stand-down goes back to it. */
  readonly phaseBefore: Phase;
  /** The execution that may change the cluster; null between changes. The lock belongs to it, not to a clock. */
  readonly holder: string | null;
  /** The execution that ended the latest change. It may never open another. */
  readonly lastHolder: string | null;
  /** Null when nobody was about to be opened, or when who was is the primary now. */
  readonly nominee: Nominee | null;
  /**
   * Servers that were proven fenced as old primaries, with the epoch of it, and that nobody has taken back since. They can
   * have acknowledged nothing to a primary that came after them.
   */
  readonly fenced: Readonly<Record<string, number>>;
  readonly route: RouteKind;
  /** Executions under this epoch that ended without taking the lock. Part of the next one's name. */
  readonly attempt: number;
  /** No automatic start before this, in epoch milliseconds. */
  readonly notBeforeMs: number;
}

/** Why `nodeId` may not be nominated: another was, and may be writable by now. */
export function otherNominee({ nodeId: nominated, epoch }: Nominee, nodeId: string): PromotionRefused {
  return new PromotionRefused(
    `promote nothing: ${nominated} was about to be opened under epoch ${epoch} and may be writable, so ${nodeId} may not be opened`,
  );
}

/** The first record of a cluster: epoch 1, all is well, nothing is known. */
export function firstState(cluster: string, primary: string): ClusterState {
  return {
    cluster,
    epoch: 1,
    primary,
    bootsReadOnly: 'unknown',
    promotedAt: null,
    reopenedAtMs: null,
    phase: 'steady',
    phaseBefore: 'steady',
    holder: null,
    lastHolder: null,
    nominee: null,
    fenced: {},
    route: 'vip',
    attempt: 0,
    notBeforeMs: 0,
  };
}

/**
 * The name of the execution that would make the next epoch. Monitors that see the same failure use the same name, so
 * Step Functions starts one. A name can be used once in 90 days, hence the attempt.
 */
export function executionName(state: Pick<ClusterState, 'cluster' | 'epoch' | 'attempt'>): string {
  const name = `${state.cluster}-e${state.epoch + 1}`;
  return state.attempt === 0 ? name : `${name}-r${state.attempt}`;
}

/** Whether the system may start a failover by itself now, or why not. */
export function automaticStart(
  state: Pick<ClusterState, 'phase' | 'holder' | 'notBeforeMs'>,
  nowMs: number,
): { may: true } | { may: false; because: string } {
  if (state.phase === 'changing') return { may: false, because: `a change is running: ${state.holder ?? 'unknown'}` };
  if (state.phase === 'halted')
    return { may: false, because: 'the last change halted; a person must release the cluster' };
  if (state.phase === 'maintenance') return { may: false, because: 'the cluster is in maintenance' };
  if (nowMs < state.notBeforeMs) {
    return { may: false, because: `cooling down for another ${Math.ceil((state.notBeforeMs - nowMs) / 1000)} s` };
  }
  return { may: true };
}
