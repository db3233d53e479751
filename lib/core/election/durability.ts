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
import { NO_TIMEOUT_MS } from '../semi-sync.ts';
import type { Contender, ElectionInput } from './contender.ts';

/** Acknowledgements that are taken to have been required where nobody saw the primary. MariaDB knows no other number. */
const USUAL_ACKS = 1;

/** In what way the primary may have acknowledged a write that no replica had; null when semi-sync was in force. */
export function goesOnAlone(semiSync: SemiSyncSource): string | null {
  if (!semiSync.enabled) return 'with semi-sync off';
  if (semiSync.requiredAcks < 1) return 'waiting for no acknowledgement';
  if (semiSync.timeoutMs < NO_TIMEOUT_MS) return `to go on alone after ${semiSync.timeoutMs} ms`;
  return semiSync.waitsWithoutReplicas ? null : 'to go on alone when no replica is connected';
}

/** A configured node that can't say what it received, and why. */
export interface Silent {
  readonly nodeId: string;
  readonly why: string;
  /** It may say so yet, once it answers. */
  readonly mayAnswer: boolean;
}

/** Who may hold, or have held, acknowledged writes and can't say so. */
export interface Silence {
  readonly requiredAcks: number;
  /** By name. */
  readonly nodes: readonly Silent[];
  /** Replicas that were connected with semi-sync, and are none of the configured nodes. */
  readonly strangers: number;
  /** Any acknowledged write is on somebody who can say so. */
  readonly isHarmless: boolean;
}

export function silenceAmong(input: ElectionInput, contenders: readonly Contender[]): Silence {
  const { cluster, oldPrimary, lastSeen } = input;
  const nodes = cluster.nodes
    .map(({ id }) => id)
    .filter((id) => id !== oldPrimary && !isOut(input, id))
    .sort()
    .flatMap(
      (id) =>
        silentOf(
          id,
          oldPrimary,
          contenders.find(({ node }) => node.id === id),
        ) ?? [],
    );
  const requiredAcks = Math.max(lastSeen?.semiSync.requiredAcks ?? USUAL_ACKS, USUAL_ACKS);
  // Of those that were connected, the configured ones that acknowledged are known; a node that is silent by now may
  // have been unseen then too.
  const known = new Set([...(lastSeen?.acknowledging ?? []), ...nodes.map(({ nodeId }) => nodeId)]);
  const strangers = Math.max((lastSeen?.semiSync.connectedReplicas ?? 0) - known.size, 0);
  return { requiredAcks, nodes, strangers, isHarmless: nodes.length + strangers < requiredAcks };
}

/**
 * Fenced when the old primary took its place, and taken back by nobody. The record alone is not believed: who starts such
 * a server by hand leaves no trace there, but is seen to acknowledge, or counted by the primary as one more.
 */
function isOut({ fenced, lastSeen }: ElectionInput, nodeId: string): boolean {
  return Object.hasOwn(fenced, nodeId) && lastSeen !== null && !lastSeen.acknowledging.includes(nodeId);
}

/**
 * Null when it can say all that it ever received. A replica that was started again can't: MariaDB throws away what was
 * received and not applied (seen on 10.11.19), and MySQL may lose the end of its relay log with the host. While the
 * primary lived it fetched that again; since then nobody has it. One that follows another source by now can: it had to
 * apply all before. So had a nominee that was opened.
 */
function silentOf(nodeId: string, oldPrimary: string, it: Contender | undefined): Silent | null {
  if (it === undefined) return { nodeId, why: 'no answer', mayAnswer: true };
  if (it.isOpened) return null;
  if (it.replica === null) return { nodeId, why: 'no replica any more', mayAnswer: false };
  return it.isStartedSince ? { nodeId, why: `started since ${oldPrimary} was last seen`, mayAnswer: false } : null;
}
