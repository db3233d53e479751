/**
 * The proof `read-only`: the old primary itself answered that it takes no write.
 *
 * The argument: the server is read-only, so no session can begin a write that succeeds; every session that had begun
 * one, or that may write nevertheless, has been ended, and its socket with it. So nothing is acknowledged while it runs.
 * When it is started again, it comes up read-only.
 *
 * What would make it a lie, and why it does not:
 * - Another server answered at that address: its identity must be the one that monitors saw.
 * - A supervisor starts the server again before its instance is stopped, and it comes up writable. It must be known to
 *   boot read-only; without that, `read-only` alone is no proof, and `instance-stopped` is awaited. Demote by SQL makes
 *   MySQL boot so; on MariaDB the option file must say it.
 * - A commit hangs in semi-sync and is answered later: its session was ended first, so there is nobody to answer.
 * - An administrator opens it again by hand: nothing can be proven against that.
 *
 * @module
 */
import * as z from 'zod';
import { bootsReadOnlySchema } from '../boots-read-only.ts';

export const readOnlySchema = z
  .object({
    kind: z.literal('read-only'),
    identity: z.string().describe('The server that answered.'),
    expectedIdentity: z.string().nullable().describe('The old primary, as monitors last saw it.'),
    readOnly: z.boolean().describe('Whether it is closed for writes.'),
    writersLeft: z.number().describe('Sessions that can still write.'),
    bootsReadOnly: bootsReadOnlySchema.describe('Whether it is known to come up read-only after a restart.'),
  })
  .readonly();

export type ReadOnly = z.output<typeof readOnlySchema>;

export function shortcomingOfReadOnly(piece: ReadOnly): string | null {
  if (piece.expectedIdentity === null) return 'no monitor saw which server the old primary is';
  if (piece.identity !== piece.expectedIdentity) {
    return `server ${piece.identity} answered where ${piece.expectedIdentity} was expected`;
  }
  if (!piece.readOnly) return 'the server is not read-only';
  if (piece.writersLeft !== 0) return `${piece.writersLeft} sessions can still write`;
  if (piece.bootsReadOnly !== true) return 'the server may be started again, and is not known to boot read-only';
  return null;
}

export function sentenceOfReadOnly({ identity }: ReadOnly): string {
  return `server ${identity} answered that it is read-only and that no session can write, and boots read-only`;
}
