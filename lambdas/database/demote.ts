/**
 * Demote by SQL: the old primary, if it still answers, is made read-only and its writers are ended.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import { fencingSchema, holdFence, journal, stepOf } from '../step.ts';
import { votesOn, withServer, type DatabaseContext } from './context.ts';

/** It is probably dead: nobody waits long for it. */
const TIMEOUT_MS = 1_500;

export const demote = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const { cluster } = await holdFence(context, input);
  const votes = votesOn(await context.state.votes(input.cluster), input.oldPrimary);
  try {
    const demotion = await withServer(context, cluster, { nodeId: input.oldPrimary, timeoutMs: TIMEOUT_MS }, (server) =>
      server.demote(),
    );
    await journal(context, input, {
      code: 'fence-evidence',
      evidence: {
        kind: 'read-only',
        ...demotion,
        expectedIdentity: votes.find((vote) => vote.identity !== null)?.identity ?? null,
      },
    });
    return { outcome: 'demoted', ...demotion };
  } catch (error) {
    const because = messageOf(error);
    await journal(context, input, { code: 'fence-failed', what: 'demoting by SQL', because });
    return { outcome: 'failed', because };
  }
});
