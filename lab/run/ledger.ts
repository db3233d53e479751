/**
 * What became of every write, from what clients were told and from what the new primary holds.
 *
 * @module
 */
import type { WriteRecord } from './application/protocol.ts';

export interface Ledger {
  readonly acknowledged: number;
  /** Acknowledged, but the new primary does not have it. */
  readonly lost: number;
  /** Neither acknowledged nor refused: the client can't know. */
  readonly unknown: number;
  /** On the new primary more than once. */
  readonly duplicate: number;
}

/** @param found how often the new primary has each id */
export function balance(writes: readonly WriteRecord[], found: ReadonlyMap<string, number>): Ledger {
  const acknowledged = writes.filter((write) => write.outcome === 'acknowledged');
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((write) => !found.has(write.id)).length,
    unknown: writes.filter((write) => write.outcome === 'unknown').length,
    duplicate: [...found.values()].filter((times) => times > 1).length,
  };
}

/** The first write that was acknowledged by another server than the old primary. */
export function firstOnNewPrimary(writes: readonly WriteRecord[], oldIdentity: string): WriteRecord | null {
  const there = writes.filter((write) => write.outcome === 'acknowledged' && write.server !== oldIdentity);
  return there.reduce<WriteRecord | null>(
    (first, each) => (first === null || each.doneAtMs < first.doneAtMs ? each : first),
    null,
  );
}
