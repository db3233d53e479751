/**
 * Whether whoever answers holds every write that was acknowledged to a client (invariant 3).
 *
 * The counting argument. With semi-sync in force and `n` acknowledgements required, a write is acknowledged to a client
 * only once `n` replicas have received it. Those that could be among the `n` are the configured replicas and whoever
 * else was connected with semi-sync. If at most `n − 1` of them can't say what they received, one at least of the `n`
 * that hold any given write can; and the winner has all that anybody who answers has. So the winner has that write.
 * If `n` or more can't say, they may be the very `n` that hold a write, and nobody can be elected.
 *
 * It rests on semi-sync in force: on a primary that went on alone a write may have been acknowledged that nobody has.
 *
 * @module
 */
import type { SemiSyncSource } from '../observation.ts';
import type { Contender, ElectionInput } from './contender.ts';

/** A primary that waits for a day goes on alone at no time that matters here. */
const NO_TIMEOUT_MS = 24 * 3_600_000;

/** Acknowledgements that are taken to have been required where nobody saw the primary. MariaDB knows no other number. */
const USUAL_ACKS = 1;

/** In what way the primary may have acknowledged a write that no replica had; null when semi-sync was in force. */
export function goesOnAlone(semiSync: SemiSyncSource): string | null {
  if (!semiSync.enabled) return 'with semi-sync off';
  if (semiSync.requiredAcks < 1) return 'waiting for no acknowledgement';
  if (semiSync.timeoutMs < NO_TIMEOUT_MS) return `to go on alone after ${semiSync.timeoutMs} ms`;
  return semiSync.waitsWithoutReplicas ? null : 'to go on alone when no replica is connected';
}

/** Who may hold acknowledged writes and can't say so. */
export interface Silence {
  readonly requiredAcks: number;
  /** Configured nodes. */
  readonly nodes: readonly string[];
  /** Replicas that were connected with semi-sync, and are none of the configured nodes. */
  readonly strangers: number;
  /** Any acknowledged write is on somebody who answers. */
  readonly isHarmless: boolean;
}

/**
 * Who can't say what it received: a node without an answer, and one that is no replica any more, as what it had received
 * and not applied went with that role. A nominee that was opened had applied all of it.
 */
export function silenceAmong(
  { cluster, oldPrimary, lastSeen }: ElectionInput,
  contenders: readonly Contender[],
): Silence {
  const canSay = new Set(contenders.filter((it) => it.replica !== null || it.isOpened).map(({ node }) => node.id));
  const nodes = cluster.nodes.map(({ id }) => id).filter((id) => id !== oldPrimary && !canSay.has(id));
  const requiredAcks = Math.max(lastSeen?.semiSync.requiredAcks ?? USUAL_ACKS, USUAL_ACKS);
  // Of those that were connected, the configured ones that acknowledged are known; a node that is silent by now may
  // have been unseen then too.
  const known = new Set([...(lastSeen?.acknowledging ?? []), ...nodes]);
  const strangers = Math.max((lastSeen?.semiSync.connectedReplicas ?? 0) - known.size, 0);
  return { requiredAcks, nodes: nodes.sort(), strangers, isHarmless: nodes.length + strangers < requiredAcks };
}
