import { describe, expect, it } from 'vitest';
import { unfinishedChanges } from '../../../lambdas/monitor/unfinished.ts';
import { firstState } from '../../../lib/core/state.ts';
import { NOW } from '../../core/examples.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const held = { ...firstState('orders', 'db-1'), epoch: 2, phase: 'changing', holder: 'orders-e2' } as const;

/** What one monitor asks of Step Functions, looking each second. */
function looking(statusOf: (execution: string) => 'running' | 'ended') {
  const clock = new VirtualClock(NOW);
  const asked: number[] = [];
  const changes = unfinishedChanges(
    {
      start: () => Promise.reject(new Error('it starts nothing')),
      status: async (execution) => {
        asked.push(clock.now() - NOW);
        return statusOf(execution);
      },
    },
    clock,
  );
  const look = async (seconds: number, state: Parameters<typeof changes.isUnfinished>[0] = held) => {
    const found: number[] = [];
    for (let second = 0; second < seconds; second += 1) {
      if (await changes.isUnfinished(state)) found.push(clock.now() - NOW);
      await clock.pass(1_000);
    }
    return found;
  };
  return { asked, look };
}

describe('[invariant 6] a monitor that sees a change', () => {
  it('asks each five seconds whether its execution runs, and not sooner', async () => {
    const { asked, look } = looking(() => 'running');
    expect(await look(17)).toEqual([]);
    expect(asked).toEqual([5_000, 10_000, 15_000]);
  });

  it('finds it unfinished when the execution has been over for half a minute', async () => {
    const { look } = looking(() => 'ended');
    expect(await look(41)).toEqual([35_000, 40_000]);
  });

  it('counts anew when the execution was redriven meanwhile', async () => {
    let runs = false;
    const { look } = looking(() => (runs ? 'running' : 'ended'));
    expect(await look(20)).toEqual([]);
    runs = true;
    expect(await look(10)).toEqual([]);
    runs = false;
    expect((await look(40))[0]).toBe(60_000);
  });

  it('counts anew when another execution holds the lock', async () => {
    const { look } = looking(() => 'ended');
    expect(await look(30)).toEqual([]);
    expect((await look(40, { ...held, epoch: 3, holder: 'orders-e3' }))[0]).toBe(65_000);
  });

  it('asks nothing when nobody holds the lock', async () => {
    const { asked, look } = looking(() => 'ended');
    expect(await look(20, { ...held, phase: 'steady', holder: null })).toEqual([]);
    expect(asked).toEqual([]);
  });
});
