/**
 * What a monitor keeps of a primary for the time when it no longer answers, and writes into each of its votes.
 *
 * @module
 */
import type { ServerObservation, Vote } from './observation.ts';

export type LastSeen = Pick<
  Vote,
  'seenAtMs' | 'identity' | 'semiSync' | 'acknowledging' | 'bootsReadOnly' | 'executed' | 'beatAtMs'
>;

export const NEVER_SEEN: LastSeen = {
  seenAtMs: null,
  identity: null,
  semiSync: null,
  acknowledging: [],
  bootsReadOnly: 'unknown',
  executed: null,
  beatAtMs: null,
};

/**
 * What is kept after one more sight of it. What its commits were bound by is kept from when it last took writes: a server
 * that was started again read-only has semi-sync off, and yet has acknowledged nothing without it.
 *
 * @param acknowledging configured replicas that were then seen receiving with semi-sync, by name
 */
export function seenAgain(
  before: LastSeen,
  { atMs, server }: { readonly atMs: number; readonly server: ServerObservation },
  acknowledging: readonly string[],
): LastSeen {
  const { identity, semiSyncSource, bootsReadOnly, executed, beatAtMs, readOnly } = server;
  const keepsBinding = readOnly && before.semiSync !== null && before.identity === identity;
  const binding = keepsBinding
    ? { semiSync: before.semiSync, acknowledging: before.acknowledging }
    : { semiSync: semiSyncSource, acknowledging };
  return { seenAtMs: atMs, identity, ...binding, bootsReadOnly, executed, beatAtMs };
}
