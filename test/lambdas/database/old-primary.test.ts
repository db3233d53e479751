import { describe, expect, it } from 'vitest';
import { knownOfOldPrimary } from '../../../lambdas/database/old-primary.ts';
import { firstState } from '../../../lib/core/state.ts';
import { vote } from '../../core/examples.ts';
import { exampleCluster } from '../../fakes/example-config.ts';

const state = { ...firstState('orders', 'db-1'), bootsReadOnly: true } as const;
const votes = [vote('b', { bootsReadOnly: 'unknown' })];
const cluster = exampleCluster({ bootsReadOnly: false });

describe('what is known of the old primary', () => {
  it('is what its last sight and the record say', () => {
    expect(knownOfOldPrimary('db-1', { cluster, state, votes })).toMatchObject({
      sight: { identity: '1', acknowledging: ['db-2', 'db-3'] },
      bootsReadOnly: true,
    });
  });

  it('is what it says itself, where it still answers', () => {
    expect(knownOfOldPrimary('db-1', { cluster, state, votes }, false).bootsReadOnly).toBe(false);
  });

  it('is not what the record says of the new primary, once that is there', () => {
    const promoted = { ...state, primary: 'db-2' };
    expect(knownOfOldPrimary('db-1', { cluster, state: promoted, votes }).bootsReadOnly).toBe('unknown');
  });

  it('is little, when nobody ever saw it', () => {
    const { sight, bootsReadOnly } = knownOfOldPrimary('db-1', {
      cluster,
      state: firstState('orders', 'db-1'),
      votes: [],
    });
    expect({ sight, bootsReadOnly }).toEqual({ sight: null, bootsReadOnly: 'unknown' });
  });
});
