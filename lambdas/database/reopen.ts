/**
 * Reopen: makes the primary, whose server was started again, the primary anew under the next epoch. Nobody is promoted in
 * its place, so nothing is fenced; it is closed first, should it have come up writable without semi-sync.
 *
 * It is nominated before it is opened, as anybody is: a change that breaks off here leaves it so, and the next one takes
 * nobody else unless its instance is stopped.
 *
 * @module
 */
import { DatabaseError, InvalidInput, PromotionRefused } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { lastSightOf } from '../../lib/core/last-sight.ts';
import { judgeFence, type FenceEvidence } from '../../lib/core/proofs.ts';
import { fencingSchema, holdCluster, journal, stepOf } from '../step.ts';
import { withServer, type DatabaseContext } from './context.ts';
import { PROOF_LASTS_MS } from './promote.ts';

const TIMEOUT_MS = 5_000;

export const reopen = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const nodeId = input.oldPrimary;
  const [{ cluster, state }, events, votes] = await Promise.all([
    holdCluster(context, input),
    context.state.journal(input.cluster, input.epoch),
    context.state.votes(input.cluster),
  ]);
  const planned = lastEvent(events, 'reopening');
  if (planned?.nodeId !== nodeId) {
    throw new InvalidInput(`epoch ${input.epoch} of cluster ${input.cluster} did not plan to reopen ${nodeId}`);
  }
  const ageMs = context.clock.now() - planned.atMs;
  if (ageMs > PROOF_LASTS_MS) {
    throw new InvalidInput(
      `reopening ${nodeId} was planned ${Math.round(ageMs / 60_000)} min ago, and a plan lasts ${PROOF_LASTS_MS / 60_000} min; nothing is opened`,
    );
  }
  const done = lastEvent(events, 'promoted');
  const outcome = { outcome: 'reopened', candidate: nodeId, route: state.route };

  return await withServer(context, cluster, { nodeId, timeoutMs: TIMEOUT_MS }, async (server) => {
    const seen = await server.observe();
    if (done === undefined) {
      const expectedIdentity = lastSightOf(votes, nodeId)?.identity ?? null;
      const { identity } = seen;
      const evidence: FenceEvidence = { kind: 'same-server', nodeId, oldPrimary: nodeId, identity, expectedIdentity };
      const judgement = judgeFence([evidence], cluster.fence);
      if (!judgement.sufficient) throw new PromotionRefused(`open nothing: ${judgement.because}`);
      if (seen.replica !== null) {
        throw new PromotionRefused(`open nothing: ${nodeId} follows ${seen.replica.sourceHost} by now`);
      }
      const { proof, because } = judgement;
      await context.state.nominate(input, { nodeId, bootsReadOnly: seen.bootsReadOnly });
      await journal(context, input, { code: 'fence-evidence', evidence });
      await journal(context, input, { code: 'fence-proven', proof, because });
    }
    const opened = await server.promote({ epoch: input.epoch, semiSync: cluster.semiSync === 'required' });
    if (opened.readOnly || opened.epoch !== input.epoch) {
      const reads = opened.readOnly ? 'read-only' : `epoch ${opened.epoch}`;
      throw new DatabaseError('sql', `${nodeId} was reopened but reads ${reads}`);
    }
    await Promise.all([
      journal(context, input, { code: 'promoted', candidate: nodeId, identity: opened.identity }),
      context.state.recordPrimary(input, {
        primary: nodeId,
        fenced: null,
        promotedAt: opened.executed,
        reopenedAtMs: context.clock.now(),
      }),
    ]);
    return outcome;
  });
});
