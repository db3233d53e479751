/**
 * The proof `acks-revoked`: too few replicas are left to acknowledge a commit. It needs nothing of the old primary, so
 * it holds for one that is dead, hung or cut off alike.
 *
 * The argument, by counting: with semi-sync without a timeout a commit is answered to a client only after
 * `requiredAcks` replicas have acknowledged it. A replica whose receiver is stopped acknowledges nothing more. If fewer
 * than `requiredAcks` are left that might, no further commit can be answered. What was answered before is on a replica
 * that has stopped, where the election finds it.
 *
 * What would make it a lie, and why it does not:
 * - Semi-sync was off, would go on alone after a while or without replicas, or waits only after others see the row: it
 *   is judged by the settings that a monitor last saw on the living primary.
 * - Somebody else acknowledges: every semi-sync replica that was connected then must be one of those that the monitors
 *   saw acknowledging, by count. A replica that nobody configured would make one more.
 * - The old primary is started again, without semi-sync: its settings must survive a restart, or it must be known to
 *   boot read-only.
 * - A replica that has stopped is started again and receives by itself: Settle looks and stops it again before it takes
 *   positions as final, so what it acknowledged meanwhile is not lost; after that the fence group keeps its new
 *   connection from the old primary.
 * - MySQL, when it is shut down in good order while commits hang, answers them (seen on 9.7.4; MariaDB does not). Our
 *   own stop skips the guest's shutdown for this reason; a person's `systemctl stop` at that very moment is beyond us.
 *
 * @module
 */
import * as z from 'zod';
import { bootsReadOnlySchema } from '../boots-read-only.ts';
import type { SemiSyncSource } from '../observation.ts';
import { NO_TIMEOUT_MS } from '../semi-sync.ts';

const semiSyncSchema = z
  .object({
    enabled: z.boolean(),
    timeoutMs: z.number(),
    waitPoint: z.enum(['beforeCommit', 'afterCommit']),
    waitsWithoutReplicas: z.boolean(),
    requiredAcks: z.number(),
    connectedReplicas: z.number(),
    survivesRestart: z.boolean(),
  })
  .readonly() satisfies z.ZodType<SemiSyncSource>;

export const acksRevokedSchema = z
  .object({
    kind: z.literal('acks-revoked'),
    replicas: z.array(z.string()).readonly().describe('Every other node of the cluster: each could acknowledge.'),
    stopped: z.array(z.string()).readonly().describe('Those that answered that their receiver is stopped.'),
    acknowledging: z
      .array(z.string())
      .readonly()
      .describe('Nodes that monitors saw acknowledging when the old primary was last seen.'),
    semiSync: semiSyncSchema.nullable().describe('Semi-sync as a monitor last saw it on the living primary.'),
    bootsReadOnly: bootsReadOnlySchema.describe(
      'Whether the old primary is known to come up read-only after a restart.',
    ),
  })
  .readonly();

export type AcksRevoked = z.output<typeof acksRevokedSchema>;

export function shortcomingOfAcksRevoked(piece: AcksRevoked): string | null {
  const { semiSync } = piece;
  if (semiSync === null) return 'no monitor saw the semi-sync settings of the old primary';
  if (!semiSync.enabled) return 'semi-sync was off on the old primary';
  if (semiSync.timeoutMs < NO_TIMEOUT_MS) return `semi-sync goes on alone after ${semiSync.timeoutMs} ms`;
  if (semiSync.waitPoint !== 'beforeCommit') return 'semi-sync waits after the commit, where others already see it';
  if (!semiSync.waitsWithoutReplicas) return 'semi-sync goes on alone when no replica is connected';
  if (!semiSync.survivesRestart && piece.bootsReadOnly !== true) {
    return 'a restarted server might have neither semi-sync nor read-only mode';
  }
  const known = piece.acknowledging.filter((replica) => piece.replicas.includes(replica));
  if (semiSync.connectedReplicas > known.length) {
    return `${semiSync.connectedReplicas} semi-sync replicas were connected, but only ${known.length} of them are known (${known.join(', ') || 'none'})`;
  }
  const left = piece.replicas.filter((replica) => !piece.stopped.includes(replica));
  if (left.length >= semiSync.requiredAcks) {
    return left.length === 0
      ? 'the old primary asked for no acknowledgement'
      : `${left.join(', ')} might still acknowledge, and ${semiSync.requiredAcks} is enough`;
  }
  return null;
}

export function sentenceOfAcksRevoked({ stopped, replicas, semiSync }: AcksRevoked): string {
  return `${stopped.join(', ') || 'nobody'} stopped receiving; of ${replicas.length} replicas too few are left for the ${semiSync?.requiredAcks} acknowledgement(s) that each commit needs`;
}
