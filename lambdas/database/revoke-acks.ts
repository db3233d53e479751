/**
 * Revoke acks: every replica stops receiving from the old primary. With semi-sync this alone can prove that the old
 * primary acknowledges nothing any more, whatever state it is in; and it makes the replicas' positions final.
 *
 * @module
 */
import { findNode } from '../../lib/core/config.ts';
import { messageOf } from '../../lib/core/errors.ts';
import { receivesFrom } from '../../lib/core/observation.ts';
import { fencingSchema, holdCluster, journal, stepOf } from '../step.ts';
import { othersThan, withServer, type DatabaseContext } from './context.ts';
import { knownOfOldPrimary } from './old-primary.ts';

/** A receiver that is about to reconnect needs two seconds to stop. */
const TIMEOUT_MS = 4_000;

export const revokeAcks = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const { cluster, state } = await holdCluster(context, input);
  const replicas = othersThan(cluster, input.oldPrimary);
  const from = findNode(cluster, input.oldPrimary).address;
  const [votes, answers] = await Promise.all([
    context.state.votes(input.cluster),
    Promise.all(
      replicas.map(async ({ id }) => {
        try {
          const status = await withServer(context, cluster, { nodeId: id, timeoutMs: TIMEOUT_MS }, (server) =>
            server.stopReceiving(from),
          );
          return { id, stopped: !receivesFrom(status, from), because: 'its receiver still runs' };
        } catch (error) {
          return { id, stopped: false, because: messageOf(error) };
        }
      }),
    ),
  ]);
  const stopped = answers.filter((answer) => answer.stopped).map((answer) => answer.id);
  const { sight, bootsReadOnly } = knownOfOldPrimary(input.oldPrimary, { cluster, state, votes });
  for (const answer of answers.filter((each) => !each.stopped)) {
    await journal(context, input, {
      code: 'fence-failed',
      what: `revoking acks of ${answer.id}`,
      because: answer.because,
    });
  }
  await journal(context, input, {
    code: 'fence-evidence',
    evidence: {
      kind: 'acks-revoked',
      replicas: replicas.map((replica) => replica.id),
      stopped,
      acknowledging: sight?.acknowledging ?? [],
      semiSync: sight?.semiSync ?? null,
      bootsReadOnly,
    },
  });
  return { outcome: 'revoked', stopped };
});
