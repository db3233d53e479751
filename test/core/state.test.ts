import { describe, expect, it } from 'vitest';
import { automaticStart, executionName, firstState, type ClusterState } from '../../lib/core/state.ts';
import { NOW } from './examples.ts';

const state = (changes: Partial<ClusterState> = {}): ClusterState => ({
  ...firstState('orders', 'db-1'),
  epoch: 4,
  ...changes,
});

describe('the name of an execution', () => {
  it('is the same for everybody who sees the same failure', () => {
    expect(executionName(state())).toBe('orders-e5');
  });

  it('is another one after an attempt that took no lock', () => {
    expect(executionName(state({ attempt: 2 }))).toBe('orders-e5-r2');
  });

  it('fits into what Step Functions takes, however long the cluster runs', () => {
    const name = executionName({ cluster: 'c'.repeat(31), epoch: Number.MAX_SAFE_INTEGER - 1, attempt: 1_000_000 });
    expect(name.length).toBeLessThanOrEqual(80);
    expect(name).toMatch(/^[\w-]+$/);
  });
});

describe('a failover may start by itself', () => {
  it('in a steady cluster that has cooled down', () => {
    expect(automaticStart(state({ notBeforeMs: NOW }), NOW)).toEqual({ may: true });
  });
});

describe('[invariant 6] a failover may not start by itself', () => {
  it.each<[string, Partial<ClusterState>, string]>([
    ['while a change is running', { phase: 'changing', holder: 'orders-e4' }, 'a change is running: orders-e4'],
    ['after a change that halted', { phase: 'halted' }, 'a person must release the cluster'],
    ['in maintenance', { phase: 'maintenance' }, 'in maintenance'],
    ['before it has cooled down', { notBeforeMs: NOW + 1_001 }, 'cooling down for another 2 s'],
  ])('%s', (_, changes, because) => {
    expect(automaticStart(state(changes), NOW)).toEqual({ may: false, because: expect.stringContaining(because) });
  });
});
