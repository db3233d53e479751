/**
 * What one monitor remembers of the replicas between its looks: since when each has received nothing new, and which of
 * them acknowledged when they were last asked.
 *
 * @module
 */
import type { NodeObservation, Witness } from '../../lib/core/observation.ts';

export interface Witnesses {
  /** The replica as a witness, after one more look at it. */
  witnessOf(seen: NodeObservation): Witness;
  /** Replicas that received with semi-sync when they were last asked, by name. */
  acknowledging(): readonly string[];
  /** Another primary is watched from now on: how long its replicas have been silent is not known yet. */
  forget(): void;
}

/** What a replica had received, and since when. */
interface Heard {
  readonly mark: string;
  readonly atMs: number;
}

export function witnesses(): Witnesses {
  const heard = new Map<string, Heard>();
  const acknowledging = new Set<string>();

  /** Null at the first look, which can't tell how long the replica has been silent. */
  const silenceOf = (seen: NodeObservation, mark: string): number | null => {
    const before = heard.get(seen.nodeId);
    if (before?.mark === mark) return seen.atMs - before.atMs;
    heard.set(seen.nodeId, { mark, atMs: seen.atMs });
    return before === undefined ? null : 0;
  };

  return {
    witnessOf(seen) {
      const { nodeId, reachable } = seen;
      const replica = seen.reachable ? seen.server.replica : null;
      if (replica?.receiver === 'receiving' && replica.semiSync) acknowledging.add(nodeId);
      else acknowledging.delete(nodeId);
      if (replica === null) {
        return { nodeId, reachable, receiver: null, silentMs: null, received: null, heartbeats: null };
      }
      const { receiver, received, heartbeats } = replica;
      return {
        nodeId,
        reachable,
        receiver,
        silentMs: silenceOf(seen, `${received} ${heartbeats}`),
        received,
        heartbeats,
      };
    },
    acknowledging: () => [...acknowledging].sort(),
    forget: () => heard.clear(),
  };
}
