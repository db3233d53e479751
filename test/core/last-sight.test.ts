import { describe, expect, it } from 'vitest';
import { lastSightOf } from '../../lib/core/last-sight.ts';
import { NOW, permutations, semiSync, vote } from './examples.ts';

describe('what is known of a primary that is gone', () => {
  it('is what was seen last, not what was voted last: a vote goes on about what its monitor saw an hour ago', () => {
    const votes = [
      vote('a', { atMs: NOW, seenAtMs: NOW - 3_600_000, semiSync: semiSync(), identity: 'old' }),
      vote('b', { atMs: NOW - 900, seenAtMs: NOW - 4_000, semiSync: semiSync({ enabled: false }), identity: 'new' }),
      vote('c', { atMs: NOW, seenAtMs: null, semiSync: null, identity: null }),
    ];
    for (const order of permutations(votes)) {
      expect(lastSightOf(order, 'db-1')).toMatchObject({ identity: 'new', semiSync: { enabled: false } });
    }
  });

  it('is the same in any order of the votes, also of sights at one instant', () => {
    const votes = ['a', 'b', 'c'].map((id) => vote(id, { identity: id }));
    for (const order of permutations(votes)) expect(lastSightOf(order, 'db-1')?.identity).toBe('a');
  });

  it('is nothing when nobody ever saw it, or only another primary', () => {
    expect(lastSightOf([vote('a', { seenAtMs: null })], 'db-1')).toBeNull();
    expect(lastSightOf([vote('a')], 'db-2')).toBeNull();
    expect(lastSightOf([], 'db-1')).toBeNull();
  });

  it('counts as an acknowledger who was seen as one by any monitor at that moment, and none of earlier', () => {
    const votes = [
      vote('a', { seenAtMs: NOW - 4_000, acknowledging: ['db-3'] }),
      vote('b', { seenAtMs: NOW - 5_000, acknowledging: ['db-2'] }),
      vote('c', { seenAtMs: NOW - 5_001, acknowledging: ['db-4'] }),
    ];
    for (const order of permutations(votes)) {
      expect(lastSightOf(order, 'db-1')?.acknowledging).toEqual(['db-2', 'db-3']);
    }
  });
});
