/**
 * The proof `same-server`: nobody else is opened. A primary whose server was started again is made the primary anew.
 *
 * The argument: the danger is that the old primary acknowledges writes beside a new one. Here the new one is the old
 * one: one server, one history. Its commits of before are in it, since it is the server that acknowledged them.
 *
 * What would make it a lie, and why it does not:
 * - Another server answers at its address, as one that was rebuilt: its identity must be the one that monitors saw.
 * - It lost what it had acknowledged, as a server that does not flush each commit does when its host fails. Then a
 *   replica has more than it: that is looked at before (lib/core/reopen.ts), and it is not reopened.
 * - Another node is promoted by it. Promote takes this proof for nobody but the old primary.
 *
 * @module
 */
import * as z from 'zod';

export const sameServerSchema = z
  .object({
    kind: z.literal('same-server'),
    nodeId: z.string().describe('The node that is to be opened.'),
    oldPrimary: z.string().describe('The primary of before.'),
    identity: z.string().describe('The server that answered there.'),
    expectedIdentity: z.string().nullable().describe('The old primary, as monitors last saw it.'),
  })
  .readonly();

export type SameServer = z.output<typeof sameServerSchema>;

export function shortcomingOfSameServer(piece: SameServer): string | null {
  if (piece.nodeId !== piece.oldPrimary) return `${piece.nodeId} is not ${piece.oldPrimary}, the old primary`;
  if (piece.expectedIdentity === null) return 'no monitor saw which server the old primary is';
  if (piece.identity !== piece.expectedIdentity) {
    return `server ${piece.identity} answered where ${piece.expectedIdentity} was expected`;
  }
  return null;
}

export function sentenceOfSameServer({ nodeId, identity }: SameServer): string {
  return `${nodeId} is opened again and nobody else is: server ${identity} is the one that was the primary`;
}
