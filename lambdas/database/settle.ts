/**
 * Settle: makes the positions final, elects on them, lets the candidate apply all that it received, and nominates it:
 * from here on nobody else may be opened, whatever becomes of this change.
 *
 * @module
 */
import { findCluster, findNode, type ClusterConfig } from '../../lib/core/config.ts';
import { PromotionRefused } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { receivesFrom, type NodeObservation } from '../../lib/core/observation.ts';
import { fencingSchema, holdCluster, journal, stepOf } from '../step.ts';
import { lookAt, othersThan, withServer, type DatabaseContext } from './context.ts';
import { electFrom, isReopened } from './election.ts';

/** Longest time for the candidate to apply what it received, in milliseconds. */
const APPLY_WITHIN_MS = 30_000;
/** A receiver that is about to reconnect needs two seconds to stop. */
const STOP_TIMEOUT_MS = 4_000;

export const settle = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const cluster = findCluster(context.config, input.cluster);
  const [{ state }, events, seen, votes] = await Promise.all([
    holdCluster(context, input),
    context.state.journal(input.cluster, input.epoch),
    lookAt(context, cluster, othersThan(cluster, input.oldPrimary)),
    context.state.votes(input.cluster),
  ]);
  const nominate = async (nodeId: string) => {
    // Who is the primary of the record already was nominated and opened.
    if (state.primary === nodeId) return;
    // What was known when it was nominated first: a server that was opened since may not tell any more.
    if (isReopened(state, input.oldPrimary)) {
      if (lastEvent(events, 'fence-proven')?.proof !== 'instance-stopped') {
        throw new PromotionRefused(
          `promote nothing: ${input.oldPrimary} was about to be reopened, and its instance is not proven to be stopped`,
        );
      }
      await context.state.dismissNominee(input);
    }
    const known = state.nominee?.nodeId === nodeId ? state.nominee.bootsReadOnly : 'unknown';
    const bootsReadOnly = known === 'unknown' ? (serverOf(seen, nodeId)?.bootsReadOnly ?? 'unknown') : known;
    await context.state.nominate(input, { nodeId, bootsReadOnly });
  };
  // Run again, after a promotion maybe: who was promoted is a replica no more, and nobody else may be elected.
  const settled = lastEvent(events, 'settled');
  if (settled !== undefined) {
    await nominate(settled.candidate);
    return { outcome: 'settled', candidate: settled.candidate };
  }

  const { oldPrimary } = input;
  const observations = await withReceiversStopped(context, cluster, oldPrimary, seen);
  const election = electFrom({ cluster, oldPrimary, observations, votes, state });

  const candidate = election.winner;
  const applied = await withServer(
    context,
    cluster,
    { nodeId: candidate, timeoutMs: APPLY_WITHIN_MS + 1_000 },
    (server) => server.applyReceived(APPLY_WITHIN_MS),
  );
  if (!applied) {
    throw new PromotionRefused(
      `promote nothing: ${candidate} did not apply what it received within ${APPLY_WITHIN_MS / 1_000} s`,
    );
  }
  // Promote asks for both, so neither need wait for the other.
  await Promise.all([nominate(candidate), journal(context, input, { code: 'settled', candidate, election })]);
  return { outcome: 'settled', candidate };
});

/**
 * The observations, once nobody receives from the old primary any more. Acks were revoked before, but a replica whose
 * server was restarted since receives again by itself, and may have acknowledged more: what it has by now counts in the
 * election.
 */
async function withReceiversStopped(
  context: DatabaseContext,
  cluster: ClusterConfig,
  oldPrimary: string,
  seen: readonly NodeObservation[],
): Promise<readonly NodeObservation[]> {
  const from = findNode(cluster, oldPrimary).address;
  const receives = (each: NodeObservation) => each.reachable && receivesFrom(each.server.replica, from);
  const running = seen.filter(receives).map(({ nodeId }) => nodeId);
  if (running.length === 0) return seen;
  await Promise.all(
    running.map((nodeId) =>
      withServer(context, cluster, { nodeId, timeoutMs: STOP_TIMEOUT_MS }, (server) => server.stopReceiving(from)),
    ),
  );
  const nodes = cluster.nodes.filter((node) => running.includes(node.id));
  const again = await lookAt(context, cluster, nodes);
  const still = again.filter(receives).map(({ nodeId }) => nodeId);
  if (still.length > 0) {
    throw new PromotionRefused(
      `promote nothing: ${still.join(', ')} can't be kept from receiving, so positions are not final`,
    );
  }
  return seen.map((each) => again.find(({ nodeId }) => nodeId === each.nodeId) ?? each);
}

function serverOf(seen: readonly NodeObservation[], nodeId: string) {
  const found = seen.find((each) => each.nodeId === nodeId);
  return found?.reachable === true ? found.server : undefined;
}
