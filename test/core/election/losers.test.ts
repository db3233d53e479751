import { describe, expect, it } from 'vitest';
import { shown } from '../../../lib/core/election/words.ts';
import { choose, clusterOf } from '../elections.ts';
import { missing, seen } from '../examples.ts';

const named = (election: ReturnType<typeof choose>) => election.losers.map((each) => each.nodeId);

describe('who lost is told by name, whatever for', () => {
  it('when somebody is elected', () => {
    // db-3 is outdone; db-2 does not apply; db-5 does not answer.
    const observations = [seen('db-4'), missing('db-5'), seen('db-3'), seen('db-2', { applier: 'stopped' })];
    const election = choose(observations, { cluster: clusterOf(5, { semiSync: 'off' }) });
    expect(election).toMatchObject({ elected: true, winner: 'db-4' });
    expect(named(election)).toEqual(['db-2', 'db-3', 'db-5']);
  });

  it('when nobody is', () => {
    const stopped = { applier: 'stopped' } as const;
    const observations = [seen('db-4', stopped), seen('db-2', stopped), missing('db-3')];
    const election = choose(observations, { cluster: clusterOf(4, { semiSync: 'off' }) });
    expect(election).toMatchObject({ elected: false });
    expect(named(election)).toEqual(['db-2', 'db-3', 'db-4']);
  });
});

describe('a position is shown', () => {
  it('on one line', () => {
    expect(shown('a:1-5,\nb:1-7')).toBe('a:1-5, b:1-7');
  });

  it('whole up to 120 characters, and cut after that', () => {
    expect(shown('x'.repeat(120))).toBe('x'.repeat(120));
    expect(shown('x'.repeat(121))).toBe(`${'x'.repeat(120)}…`);
  });
});
