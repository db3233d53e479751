/**
 * Promote: opens the candidate for writes under the new epoch. It looks for the proof itself, so that no path of the
 * state machine, and no hand, gets here without one (invariant 1).
 *
 * @module
 */
import { DatabaseError, InvalidInput } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { holdCluster, journal, promotionSchema, stepOf } from '../step.ts';
import { withServer, type DatabaseContext } from './context.ts';

const TIMEOUT_MS = 5_000;
/**
 * How long a proof is believed, in milliseconds: longer than any change that goes on, and too short for who redrives one
 * of yesterday, when somebody may have opened the old primary again by hand.
 */
export const PROOF_LASTS_MS = 30 * 60_000;

export const promote = stepOf(promotionSchema, async (input, context: DatabaseContext) => {
  const [{ cluster, state }, events] = await Promise.all([
    holdCluster(context, input),
    context.state.journal(input.cluster, input.epoch),
  ]);
  const proven = lastEvent(events, 'fence-proven');
  if (proven === undefined) {
    throw new InvalidInput(
      `epoch ${input.epoch} of cluster ${input.cluster} has no fence proof in its journal; nothing is promoted`,
    );
  }
  if (proven.proof === 'same-server') {
    throw new InvalidInput(
      `candidate: received ${input.candidate}, but epoch ${input.epoch} proved only that ${input.oldPrimary} itself may be opened; nothing is promoted`,
    );
  }
  const ageMs = context.clock.now() - proven.atMs;
  if (ageMs > PROOF_LASTS_MS) {
    throw new InvalidInput(
      `the fence of ${input.oldPrimary} was proven ${Math.round(ageMs / 60_000)} min ago, and a proof lasts ${PROOF_LASTS_MS / 60_000} min; nothing is promoted`,
    );
  }
  if (lastEvent(events, 'settled')?.candidate !== input.candidate) {
    throw new InvalidInput(
      `candidate: received ${input.candidate}, which epoch ${input.epoch} did not settle on; nothing is promoted`,
    );
  }
  // The record is asked too: it is written conditionally, so that of several changes one at most may open a server.
  if (state.nominee?.nodeId !== input.candidate && state.primary !== input.candidate) {
    throw new InvalidInput(
      `candidate: received ${input.candidate}, but ${state.nominee?.nodeId ?? 'nobody'} is nominated in cluster ${input.cluster}; nothing is promoted`,
    );
  }
  const server = await withServer(context, cluster, { nodeId: input.candidate, timeoutMs: TIMEOUT_MS }, (each) =>
    each.promote({ epoch: input.epoch, semiSync: cluster.semiSync === 'required' }),
  );
  if (server.readOnly || server.epoch !== input.epoch) {
    throw new DatabaseError(
      'sql',
      `${input.candidate} was promoted but reads ${server.readOnly ? 'read-only' : `epoch ${server.epoch}`}`,
    );
  }
  await Promise.all([
    journal(context, input, { code: 'promoted', candidate: input.candidate, identity: server.identity }),
    context.state.recordPrimary(input, {
      primary: input.candidate,
      fenced: input.oldPrimary,
      promotedAt: server.executed,
      reopenedAtMs: null,
    }),
  ]);
  return { outcome: 'promoted', identity: server.identity };
});
