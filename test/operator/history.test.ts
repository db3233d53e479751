import { describe, expect, it } from 'vitest';
import { listChanges, tellChange } from '../../lib/operator/history.ts';
import { failover, ORDER } from '../lambdas/failover.ts';

/** A cluster that has failed over once. */
async function failedOver() {
  const world = await failover();
  for (const step of ORDER) await world.step(step);
  return world;
}

describe('the list of changes', () => {
  it('has the latest first, each with how it ended, beside the record as it stands', async () => {
    const { state } = await failedOver();
    await state.open((await state.read('orders'))!, 'orders-e3');
    expect(await listChanges(state, 'orders', 10)).toEqual({
      told: true,
      cluster: 'orders',
      epoch: 3,
      primary: 'db-2',
      phase: 'changing',
      changes: [
        { epoch: 3, story: null },
        { epoch: 2, story: expect.objectContaining({ ending: 'failed-over', oldPrimary: 'db-1', newPrimary: 'db-2' }) },
      ],
    });
  });

  it('reads no more journals than it lists', async () => {
    const { state } = await failedOver();
    await state.open((await state.read('orders'))!, 'orders-e3');
    const read: number[] = [];
    const store = {
      read: (cluster: string) => state.read(cluster),
      journal: (cluster: string, epoch: number) => (read.push(epoch), state.journal(cluster, epoch)),
    };
    expect(await listChanges(store, 'orders', 1)).toMatchObject({ changes: [{ epoch: 3 }] });
    expect(read).toEqual([3]);
  });

  it.each([
    ['orders', 'cluster orders has had no change: db-1 is its primary'],
    ['order', 'cluster: received "order", of which the table has no record'],
  ])('of %s says that there is none, and why', async (cluster, because) => {
    const { state } = await failover();
    expect(await listChanges(state, cluster, 10)).toEqual({ told: false, because: expect.stringContaining(because) });
  });
});

describe('[invariant 8] the story of a change', () => {
  it('comes with the journal that it is told from', async () => {
    const { state } = await failedOver();
    const change = await tellChange(state, 'orders', 2);
    expect(change).toMatchObject({ told: true, story: { headline: 'failed over from db-1 to db-2' } });
    expect(change).toMatchObject({ events: await state.journal('orders', 2) });
  });

  it.each([
    [1, 'epoch: received 1, with which cluster orders began; use 2'],
    [3, 'epoch: received 3, but cluster orders is at epoch 2; use 2'],
  ])('of epoch %i is none, and the sentence says which there are', async (epoch, because) => {
    const { state } = await failedOver();
    expect(await tellChange(state, 'orders', epoch)).toEqual({ told: false, because });
  });
});
