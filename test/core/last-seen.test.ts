import { describe, expect, it } from 'vitest';
import { NEVER_SEEN, seenAgain } from '../../lib/core/last-seen.ts';
import { NOW, semiSync, server } from './examples.ts';

const open = { atMs: NOW, server: server({ identity: '1', readOnly: false, semiSyncSource: semiSync() }) };
const off = semiSync({ enabled: false });

describe('what is kept of a primary', () => {
  it('is what was seen last', () => {
    expect(seenAgain(NEVER_SEEN, open, ['db-2'])).toEqual({
      seenAtMs: NOW,
      identity: '1',
      semiSync: semiSync(),
      acknowledging: ['db-2'],
      bootsReadOnly: true,
      executed: '0-1-100',
      beatAtMs: null,
    });
  });

  it('[invariant 3] is what bound its commits when it last took writes, once it was started again read-only', () => {
    const closed = { atMs: NOW + 1_000, server: server({ identity: '1', readOnly: true, semiSyncSource: off }) };
    const kept = seenAgain(seenAgain(NEVER_SEEN, open, ['db-2']), closed, []);
    expect(kept).toMatchObject({ seenAtMs: NOW + 1_000, semiSync: semiSync(), acknowledging: ['db-2'] });
  });

  it('[invariant 3] is that nothing binds them, once it takes writes without semi-sync', () => {
    const unbound = { atMs: NOW + 1_000, server: server({ identity: '1', readOnly: false, semiSyncSource: off }) };
    const kept = seenAgain(seenAgain(NEVER_SEEN, open, ['db-2']), unbound, []);
    expect(kept).toMatchObject({ semiSync: off, acknowledging: [] });
  });

  describe('of replicas that went unseen while it still counts them', () => {
    const counting = (connectedReplicas: number, identity = '1') => ({
      atMs: NOW + 1_000,
      server: server({ identity, readOnly: false, semiSyncSource: semiSync({ connectedReplicas }) }),
    });
    const both = seenAgain(NEVER_SEEN, counting(2), ['db-2', 'db-3']);

    it('[invariant 3] is that they are those whom it counts, as it learns late that a network was cut', () => {
      expect(seenAgain(both, counting(2), []).acknowledging).toEqual(['db-2', 'db-3']);
      expect(seenAgain(both, counting(2), ['db-3']).acknowledging).toEqual(['db-2', 'db-3']);
    });

    it('is nothing once it counts them no more', () => {
      expect(seenAgain(both, counting(0), []).acknowledging).toEqual([]);
      expect(seenAgain(both, counting(1), ['db-3']).acknowledging).toEqual(['db-3']);
    });

    it('[invariant 3] leaves one that nobody knows a stranger', () => {
      expect(seenAgain(both, counting(3), ['db-2', 'db-3']).acknowledging).toEqual(['db-2', 'db-3']);
      expect(seenAgain(both, counting(3), []).acknowledging).toEqual(['db-2', 'db-3']);
    });

    it('is not what another server was seen with', () => {
      expect(seenAgain(both, counting(2, '9'), []).acknowledging).toEqual([]);
    });
  });

  it('is nothing of another server, even a read-only one', () => {
    const other = { atMs: NOW + 1_000, server: server({ identity: '9', readOnly: true, semiSyncSource: off }) };
    expect(seenAgain(seenAgain(NEVER_SEEN, open, ['db-2']), other, [])).toMatchObject({ identity: '9', semiSync: off });
  });
});
