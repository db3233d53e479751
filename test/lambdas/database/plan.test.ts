import { describe, expect, it } from 'vitest';
import { failover } from '../failover.ts';

const confirmed = async () => (await failover()).before('plan');

describe('plan', () => {
  it('says who is to be promoted, who is not and why, and what follows, and journals it before any of it is done', async () => {
    const world = await confirmed();
    const { plan } = await world.step('plan');
    expect(plan).toEqual({
      epoch: 2,
      oldPrimary: 'db-1',
      candidate: 'db-2',
      losers: [{ nodeId: 'db-3', code: 'name', because: 'db-3 is as good as db-2; the name decides' }],
      repoint: ['db-3'],
      route: { type: 'secondaryPrivateIp', address: '10.0.1.100', fallbackRecord: 'orders.db.example.internal' },
      possibleLoss: 0,
    });
    expect(await world.journal()).toContainEqual(expect.objectContaining({ code: 'planned', plan }));
    expect(world.effects).toEqual([]);
  });

  it('[invariant 3] measures the possible loss by what the newest vote knew of the old primary', async () => {
    const world = await confirmed();
    const nowMs = world.clock.now();
    await world.castVotes(
      ['a', { executed: '0-1-999', primary: 'db-3' }],
      ['b', { executed: '0-1-103', atMs: nowMs - 1 }],
      ['c', { executed: null, atMs: nowMs }],
    );
    expect(await world.step('plan')).toMatchObject({ plan: { possibleLoss: 3 } });
  });

  it('[invariant 6] is refused, with the reason, when nobody can be promoted', async () => {
    const world = await confirmed();
    world.fleet.fail('db-3', 'off');
    await expect(world.step('plan')).rejects.toMatchObject({
      name: 'PromotionRefused',
      message: expect.stringContaining("db-3 can't be asked and may hold acknowledged writes"),
    });
    expect(await world.journalCodes()).not.toContain('planned');
  });
});
