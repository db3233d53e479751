/**
 * Plan: who is to be promoted, and everything that will be done, journalled before any of it is. A primary that was started
 * again is planned to be reopened instead, if it may.
 *
 * @module
 */
import { findCluster, findNode } from '../../lib/core/config.ts';
import { lastEvent, type Plan } from '../../lib/core/journal.ts';
import { lastSightOf } from '../../lib/core/last-sight.ts';
import { judgeReopen } from '../../lib/core/reopen.ts';
import { fencingSchema, holdCluster, journal, stepOf } from '../step.ts';
import { lookAt, othersThan, type DatabaseContext } from './context.ts';
import { electFrom } from './election.ts';

export const plan = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const cluster = findCluster(context.config, input.cluster);
  const { oldPrimary } = input;
  const [{ state }, observations, votes, events] = await Promise.all([
    holdCluster(context, input),
    lookAt(context, cluster, othersThan(cluster, oldPrimary)),
    context.state.votes(input.cluster),
    context.state.journal(input.cluster, input.epoch),
  ]);
  const caveats: string[] = [];
  if (lastEvent(events, 'confirmed')?.loss === 'restarted') {
    const onPrimary = await lookAt(context, cluster, [findNode(cluster, oldPrimary)]);
    const decision = judgeReopen({
      cluster,
      state,
      identity: lastSightOf(votes, oldPrimary)?.identity ?? null,
      observations: [...onPrimary, ...observations],
      nowMs: context.clock.now(),
    });
    if (decision.reopen) {
      const { because } = decision;
      await journal(context, input, { code: 'reopening', nodeId: oldPrimary, because, route: state.route });
      return { outcome: 'reopening', because };
    }
    caveats.push(`it is not reopened: ${decision.because}`);
  }
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
    caveats: [...caveats, ...election.caveats],
  };
  await journal(context, input, { code: 'planned', plan: planned });
  return { outcome: 'planned', plan: planned };
});
