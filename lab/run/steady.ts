/**
 * When all is well with a cluster: before a fault, and again after one that has ended.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { receivesFrom } from '../../lib/core/observation.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import type { Application } from './application/application.ts';
import type { Lab } from './lab.ts';
import { look } from './look.ts';
import { until } from './until.ts';

export interface Steady {
  readonly before: ClusterState;
  /** Identity of the primary's server. */
  readonly oldIdentity: string;
}

const WITHIN_MS = 60_000;
/** Asking costs the machine that is being measured. */
const ASK_EVERY_MS = 100;
/** So many writes flow, and do not only happen to get through. */
const WRITES = 20;

/**
 * Waits until writes flow, every monitor says that the primary is alive and saw its semi-sync as it should be, and every
 * replica receives and applies.
 *
 * @param sinceMs what was said and written before does not count, in epoch milliseconds
 * @throws DeadlineMissed after a minute
 */
export function steady(
  lab: Lab,
  applications: readonly Application[],
  signal: AbortSignal,
  sinceMs = 0,
): Promise<Steady> {
  return until('the steady state', WITHIN_MS, signal, async () => {
    await delay(ASK_EVERY_MS, undefined, { signal });
    if (!applications.every((application) => flows(application, sinceMs))) return undefined;
    const seen = await allMonitorsSee(lab, sinceMs);
    return seen !== null && (await allFollow(lab, seen.before.primary)) ? seen : undefined;
  });
}

/** What every monitor agrees on: that the primary is alive, with its semi-sync as it should be; null while they don't. */
export async function allMonitorsSee({ cluster, config, state }: Lab, sinceMs = 0): Promise<Steady | null> {
  const [before, votes] = await Promise.all([state.read(cluster.id), state.votes(cluster.id)]);
  const agreed = config.monitors.every(({ id }) =>
    votes.some(
      (vote) =>
        vote.monitor === id &&
        vote.verdict === 'alive' &&
        // A vote that says nothing new is not written again: it stands.
        vote.standsAtMs > sinceMs &&
        vote.semiSync?.enabled === (cluster.semiSync === 'required'),
    ),
  );
  const oldIdentity = votes.find((vote) => vote.identity !== null)?.identity;
  return agreed && before !== null && oldIdentity ? { before, oldIdentity } : null;
}

function flows({ writes }: Application, sinceMs: number): boolean {
  return writes.filter((write) => write.outcome === 'acknowledged' && write.sentAtMs > sinceMs).length >= WRITES;
}

/** Asks the servers themselves: what a vote says of replicas is as old as the vote. */
async function allFollow(lab: Lab, primary: string): Promise<boolean> {
  const source = lab.cluster.nodes.find((node) => node.id === primary)?.address ?? '';
  const replicas = lab.cluster.nodes.filter((node) => node.id !== primary);
  const seen = await Promise.all(replicas.map((node) => look(lab, node.id, node.address)));
  return seen.every(
    (each) =>
      each.reachable &&
      receivesFrom(each.server.replica, source) &&
      each.server.replica?.receiver === 'receiving' &&
      each.server.replica.applier === 'applying',
  );
}
