/**
 * What is known of a cluster between two changes, and the names that follow from it.
 *
 * @module
 */

export type Phase = 'steady' | 'changing' | 'halted' | 'maintenance';

/** How applications are led to the primary. */
export type RouteKind = 'vip' | 'dns';

/** The one record of a cluster. Every change of it is conditional on `epoch` and `holder`. */
export interface ClusterState {
  readonly cluster: string;
  /** Grows by one with every change of primary: the fencing token. */
  readonly epoch: number;
  readonly primary: string;
  readonly phase: Phase;
  /** The execution that may change the cluster; null between changes. The lock belongs to it, not to a clock. */
  readonly holder: string | null;
  readonly route: RouteKind;
  /** Executions under this epoch that ended without taking the lock. Part of the next one's name. */
  readonly attempt: number;
  /** No automatic start before this, in epoch milliseconds. */
  readonly notBeforeMs: number;
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
export function automaticStart(state: ClusterState, nowMs: number): { may: true } | { may: false; because: string } {
  if (state.phase === 'changing') return { may: false, because: `a change is running: ${state.holder ?? 'unknown'}` };
  if (state.phase === 'halted')
    return { may: false, because: 'the last change halted; a person must release the cluster' };
  if (state.phase === 'maintenance') return { may: false, because: 'the cluster is in maintenance' };
  if (nowMs < state.notBeforeMs) {
    return { may: false, because: `cooling down for another ${Math.ceil((state.notBeforeMs - nowMs) / 1000)} s` };
  }
  return { may: true };
}
