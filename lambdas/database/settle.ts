/**
 * Settle: the positions are final now, so elect again, and let the candidate apply all that it received.
 *
 * @module
 */
import { findCluster } from '../../lib/core/config.ts';
import { PromotionRefused } from '../../lib/core/errors.ts';
import { elect } from '../../lib/core/elect.ts';
import { fencingSchema, holdCluster, journal, lastEvent, stepOf } from '../step.ts';
import { lastExecuted, lookAt, othersThan, withServer, type DatabaseContext } from './context.ts';

/** Longest time for the candidate to apply what it received, in milliseconds. */
const APPLY_WITHIN_MS = 30_000;

export const settle = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const cluster = findCluster(context.config, input.cluster);
  const [, events, observations, votes] = await Promise.all([
    holdCluster(context, input),
    context.state.journal(input.cluster, input.epoch),
    lookAt(context, cluster, othersThan(cluster, input.oldPrimary)),
    context.state.votes(input.cluster),
  ]);
  // Run again after a promotion, the one that was promoted is a replica no more: nobody else may be elected.
  const promoted = lastEvent(events, 'settled');
  if (promoted !== undefined) return { outcome: 'settled', candidate: promoted.candidate };

  const election = elect({
    cluster,
    oldPrimary: input.oldPrimary,
    observations,
    primaryExecuted: lastExecuted(votes, input.oldPrimary),
  });
  if (!election.elected) throw new PromotionRefused(election.because);

  const applied = await withServer(
    context,
    cluster,
    { nodeId: election.winner, timeoutMs: APPLY_WITHIN_MS + 1_000 },
    (server) => server.applyReceived(APPLY_WITHIN_MS),
  );
  if (!applied) {
    throw new PromotionRefused(
      `promote nothing: ${election.winner} did not apply what it received within ${APPLY_WITHIN_MS / 1_000} s`,
    );
  }
  await journal(context, input, { code: 'settled', candidate: election.winner, election });
  return { outcome: 'settled', candidate: election.winner };
});
