/**
 * Demote by SQL: the old primary, if it still answers, is made read-only and its writers are ended.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import { fencingSchema, holdFence, journal, stepOf } from '../step.ts';
import { withServer, type DatabaseContext } from './context.ts';
import { knownOfOldPrimary } from './old-primary.ts';

/** It is probably dead: nobody waits long for it. */
const TIMEOUT_MS = 1_500;

export const demote = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const { cluster, state } = await holdFence(context, input);
  const votes = await context.state.votes(input.cluster);
  try {
    const demotion = await withServer(context, cluster, { nodeId: input.oldPrimary, timeoutMs: TIMEOUT_MS }, (server) =>
      server.demote(),
    );
    const known = { cluster, state, votes };
    const { sight, bootsReadOnly } = knownOfOldPrimary(input.oldPrimary, known, demotion.bootsReadOnly);
    await journal(context, input, {
      code: 'fence-evidence',
      evidence: { kind: 'read-only', ...demotion, expectedIdentity: sight?.identity ?? null, bootsReadOnly },
    });
    return { outcome: 'demoted', ...demotion };
  } catch (error) {
    const because = messageOf(error);
    await journal(context, input, { code: 'fence-failed', what: 'demoting by SQL', because });
    return { outcome: 'failed', because };
  }
});
