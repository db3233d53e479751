import { describe, expect, it } from 'vitest';
import { missing, seen, semiSync } from '../examples.ts';
import { choose, sight } from '../elections.ts';

/** `db-3` was fenced under an earlier epoch, and is silent ever since; `db-2` was the one replica that acknowledged. */
const fenced = { 'db-3': 3 };
const observations = [seen('db-2'), missing('db-3')];
const lastSeen = sight({ acknowledging: ['db-2'] });

describe('a server that was fenced as an old primary', () => {
  it('does not keep the next failover from happening: it has acknowledged nothing since', () => {
    expect(choose(observations, { lastSeen, fenced })).toMatchObject({ elected: true, winner: 'db-2' });
  });

  it('is told of as what it is by its reason for losing', () => {
    const { losers } = choose(observations, { lastSeen, fenced });
    expect(losers).toEqual([expect.objectContaining({ nodeId: 'db-3', code: 'unreachable' })]);
  });
});

describe('[invariant 3] nobody is elected while a silent server may hold acknowledged writes', () => {
  it.each([
    ['that nobody has fenced', { lastSeen, fenced: {} }],
    [
      'that was fenced, but seen to acknowledge again',
      { lastSeen: sight({ acknowledging: ['db-2', 'db-3'] }), fenced },
    ],
    [
      'that was fenced, while the primary counted one acknowledging replica more than are known',
      { lastSeen: sight({ acknowledging: ['db-2'], semiSync: semiSync({ connectedReplicas: 2 }) }), fenced },
    ],
    ['that was fenced, when no monitor saw who acknowledged', { lastSeen: null, fenced }],
  ])('%s', (_, changes) => {
    expect(choose(observations, changes)).toMatchObject({ elected: false, code: 'replica-missing' });
  });
});
