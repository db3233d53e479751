/**
 * Plan: who is to be promoted, and everything that will be done, journalled before any of it is.
 *
 * @module
 */
import { findCluster } from '../../lib/core/config.ts';
import type { Plan } from '../../lib/core/journal.ts';
import { fencingSchema, holdCluster, journal, stepOf } from '../step.ts';
import { lookAt, othersThan, type DatabaseContext } from './context.ts';
import { electFrom } from './election.ts';

export const plan = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const cluster = findCluster(context.config, input.cluster);
  const [{ state }, observations, votes] = await Promise.all([
    holdCluster(context, input),
    lookAt(context, cluster, othersThan(cluster, input.oldPrimary)),
    context.state.votes(input.cluster),
  ]);
  const { oldPrimary } = input;
  const election = electFrom({ cluster, oldPrimary, observations, votes, state });
  const planned: Plan = {
    epoch: input.epoch,
    oldPrimary: input.oldPrimary,
    candidate: election.winner,
    losers: election.losers,
    repoint: othersThan(cluster, input.oldPrimary, election.winner).map((node) => node.id),
    route: { type: cluster.route.type, address: cluster.route.address, fallbackRecord: cluster.dns.recordName },
    possibleLoss: election.possibleLoss,
    lossAsOfMs: election.lossAsOfMs,
    caveats: election.caveats,
  };
  await journal(context, input, { code: 'planned', plan: planned });
  return { outcome: 'planned', plan: planned };
});
