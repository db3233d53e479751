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

  it('[invariant 1] is who acknowledges now, even if it counts as many as before: one may have taken the place of another', () => {
    const counting = {
      atMs: NOW + 1_000,
      server: server({ identity: '1', readOnly: false, semiSyncSource: semiSync({ connectedReplicas: 2 }) }),
    };
    const before = seenAgain(NEVER_SEEN, counting, ['db-2', 'db-3']);
    expect(seenAgain(before, counting, ['db-3'])).toMatchObject({ acknowledging: ['db-3'] });
  });

  it('is nothing of another server, even a read-only one', () => {
    const other = { atMs: NOW + 1_000, server: server({ identity: '9', readOnly: true, semiSyncSource: off }) };
    expect(seenAgain(seenAgain(NEVER_SEEN, open, ['db-2']), other, [])).toMatchObject({ identity: '9', semiSync: off });
  });
});
