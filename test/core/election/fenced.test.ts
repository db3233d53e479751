import { describe, expect, it } from 'vitest';
import { exampleCluster } from '../../fakes/example-config.ts';
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

describe('[invariant 3] nobody is elected who has not caught up with the promotion of the old primary', () => {
  it.each([
    ['has what the old primary had then', '0-1-100', { elected: true, winner: 'db-2' }],
    ['lacks some of it', '0-1-101', { elected: false, code: 'not-caught-up' }],
    ['can not be measured by it', 'nonsense', { elected: false, code: 'not-caught-up' }],
  ])('when the best %s', (_, promotedAt, expected) => {
    expect(choose(observations, { lastSeen, fenced, promotedAt })).toMatchObject(expected);
  });

  it('and says what may be lost, and what to do', () => {
    const election = choose(observations, { lastSeen, fenced, promotedAt: '0-1-101' });
    expect(election).toMatchObject({
      because:
        'promote nothing: db-2 has not received all that db-1 had when it was promoted itself, so writes that were acknowledged before may be on db-1 alone; bring db-1 back, then start the failover again',
    });
  });

  it('but with asynchronous replication that is a loss like any other', () => {
    const cluster = exampleCluster({ semiSync: 'off' });
    expect(choose(observations, { cluster, lastSeen, promotedAt: '0-1-101' })).toMatchObject({ elected: true });
  });
});
