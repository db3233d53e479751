import { describe, expect, it } from 'vitest';
import { primarySight } from '../../../lib/core/election/primary-sight.ts';
import { NOW, semiSync, vote } from '../examples.ts';

const seenAt = (ago: number, executed: string | null, rest: Parameters<typeof vote>[1] = {}) => ({
  seenAtMs: NOW - ago,
  executed,
  ...rest,
});

describe('the old primary as it was last seen', () => {
  it('is who, when and with which semi-sync the newest sight says, and all that any sight saw executed', () => {
    const late = semiSync({ requiredAcks: 2 });
    const votes = [
      vote('a', seenAt(3_000, '0-1-98,1-1-7')),
      vote('b', seenAt(2_000, '0-1-100', { semiSync: late, acknowledging: ['db-2'] })),
      vote('c', seenAt(9_000, '0-1-90')),
    ];
    const expected = { atMs: NOW - 2_000, identity: '1', executed: '0-1-100,1-1-7', semiSync: late };
    for (const order of [votes, votes.toReversed()]) {
      expect(primarySight(order, 'db-1', 'mariadb')).toMatchObject(expected);
    }
  });

  it('counts nothing that was seen of another server, under its name or another', () => {
    const votes = [
      vote('a', seenAt(1_000, '0-1-100')),
      vote('b', seenAt(5_000, '0-9-500', { identity: '9' })),
      vote('c', seenAt(500, '0-2-700', { primary: 'db-2', identity: '2' })),
      vote('d', seenAt(700, '0-1-900', { primary: 'db-2' })),
      vote('e', seenAt(5_000, null)),
    ];
    expect(primarySight(votes, 'db-1', 'mariadb')).toMatchObject({ identity: '1', executed: '0-1-100' });
  });

  it('does not count a position that can not be read', () => {
    const votes = [vote('a', seenAt(1_000, 'rubbish')), vote('b', seenAt(2_000, '0-1-99'))];
    expect(primarySight(votes, 'db-1', 'mariadb')).toMatchObject({ atMs: NOW - 1_000, executed: '0-1-99' });
    expect(primarySight(votes.slice(0, 1), 'db-1', 'mariadb')).toBeNull();
  });

  it.each([
    ['without votes', []],
    ['by monitors that look at another', [vote('a', { primary: 'db-2' })]],
    ['without an identity', [vote('a', seenAt(1_000, '0-1-9', { identity: null }))]],
    ['without its semi-sync settings', [vote('a', seenAt(1_000, '0-1-9', { semiSync: null }))]],
    [
      'by monitors that never saw it',
      [vote('a', { seenAtMs: null, identity: null, semiSync: null, executed: null }), vote('b', { seenAtMs: null })],
    ],
  ])('is nothing %s', (_, votes) => {
    expect(primarySight(votes, 'db-1', 'mariadb')).toBeNull();
  });

  it('joins sets of MySQL', () => {
    const id = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
    const votes = [
      vote('a', seenAt(1_000, `${id}:1-5:7`, { identity: id })),
      vote('b', seenAt(1_500, `${id}:1-6`, { identity: id })),
    ];
    expect(primarySight(votes, 'db-1', 'mysql')?.executed).toBe(`${id}:1-7`);
  });
});
