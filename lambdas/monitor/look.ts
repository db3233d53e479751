/**
 * One look at a cluster: the primary is read and written, and every other server is read as a witness, all at once, over
 * kept connections.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import { NEVER_SEEN, seenAgain, type LastSeen } from '../../lib/core/last-seen.ts';
import type { Failure, NodeObservation, Witness } from '../../lib/core/observation.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import type { Clock } from '../../lib/ports/cloud.ts';
import type { MonitorContext } from './context.ts';
import { linesTo, type Lines } from './lines.ts';
import { witnesses as witnessesOf } from './witnesses.ts';

/** What one look showed. */
export interface Look {
  /** When it was begun, in epoch milliseconds. */
  readonly atMs: number;
  readonly write: 'ok' | Failure;
  /** When the write had an outcome, in epoch milliseconds. */
  readonly wroteAtMs: number;
  readonly primary: NodeObservation;
  readonly others: readonly NodeObservation[];
  readonly witnesses: readonly Witness[];
}

export interface Looker {
  /** Ends within the timeouts, twice where the primary gives no answer. */
  look(state: ClusterState): Promise<Look>;
  readonly lastSeen: LastSeen;
  /** Which server was first seen at each node. */
  readonly identities: Readonly<Record<string, string>>;
  /** Another primary is looked at from now on. */
  forget(): void;
  close(): Promise<void>;
}

/** @param onEnded called with the node whose kept connection has ended by itself: a reason to look at once */
export function looker(cluster: ClusterConfig, context: MonitorContext, onEnded: (nodeId: string) => void): Looker {
  const { clock, monitor } = context;
  const lines = new Map(
    cluster.nodes.map((node) => [node.id, linesTo(node, cluster, context, () => onEnded(node.id))] as const),
  );
  const witnesses = witnessesOf();
  const identities: Record<string, string> = {};
  let lastSeen = NEVER_SEEN;
  let sequence = 0;

  const observe = async (nodeId: string): Promise<NodeObservation> => {
    const seen = await lineTo(lines, nodeId, clock).observe();
    if (seen.reachable) identities[nodeId] ??= seen.server.identity;
    return seen;
  };
  const ask = async (nodeId: string) => {
    const seen = await observe(nodeId);
    return { seen, witness: witnesses.witnessOf(seen) };
  };

  return {
    async look({ primary, epoch }) {
      const atMs = clock.now();
      sequence += 1;
      const beat = { monitor: monitor.id, epoch, sequence, writtenAtMs: atMs };
      const others = cluster.nodes.filter((node) => node.id !== primary);
      const [write, onPrimary, atFirst] = await Promise.all([
        lineTo(lines, primary, clock)
          .beat(beat)
          .then((outcome) => ({ ...outcome, wroteAtMs: clock.now() })),
        observe(primary),
        Promise.all(others.map((node) => ask(node.id))),
      ]);
      // Asked again after a failure, so that the vote says how long they have been silent by then, not a timeout ago.
      // One that gave no answer is not waited for twice: a zone that is lost would take twice as long to notice.
      const asked = onPrimary.reachable
        ? atFirst
        : await Promise.all(atFirst.map(async (each) => (each.seen.reachable ? ask(each.seen.nodeId) : each)));
      if (onPrimary.reachable) lastSeen = seenAgain(lastSeen, onPrimary, witnesses.acknowledging());
      return {
        atMs,
        write: write.ok ? 'ok' : write.failure,
        wroteAtMs: write.wroteAtMs,
        primary: onPrimary,
        others: asked.map(({ seen }) => seen),
        witnesses: asked.map(({ witness }) => witness),
      };
    },
    get lastSeen() {
      return lastSeen;
    },
    identities,
    forget() {
      lastSeen = NEVER_SEEN;
      witnesses.forget();
    },
    async close() {
      await Promise.all([...lines.values()].map((each) => each.close()));
    },
  };
}

/** Of a node that the record names and the configuration does not have, nothing can be said: people are told of it. */
function lineTo(lines: ReadonlyMap<string, Lines>, nodeId: string, clock: Clock): Lines {
  const detail = `node ${nodeId} is not in the configuration; deploy the one that has it`;
  return (
    lines.get(nodeId) ?? {
      observe: async () => ({ nodeId, atMs: clock.now(), reachable: false, failure: 'untried', detail }),
      beat: async () => ({ ok: false, failure: 'untried', detail }),
      close: async () => {},
    }
  );
}
