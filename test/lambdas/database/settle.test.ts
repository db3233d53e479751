import { describe, expect, it } from 'vitest';
import { failover } from '../failover.ts';

const proven = async () => (await failover()).before('settle');

describe('settle', () => {
  it('[invariant 3] lets the candidate apply all that it received', async () => {
    const world = await failover();
    world.fleet.server('db-1').condition = 'up';
    world.fleet.server('db-2').applyMs = 2_000;
    world.fleet.server('db-1').commit();
    world.fleet.fail('db-1', 'down');
    await world.castVotes(['b'], ['c']);
    await world.before('settle');
    expect(await world.step('settle')).toEqual({ outcome: 'settled', candidate: 'db-2' });
    expect(world.fleet.server('db-2').executed.sequence).toBe(101);
  });

  it('elects again on positions that are final now', async () => {
    const world = await proven();
    world.fleet.server('db-3').received = { serverId: '1', sequence: 102 };
    expect(await world.step('settle')).toEqual({ outcome: 'settled', candidate: 'db-3' });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'settled', election: expect.objectContaining({ received: '0-1-102' }) }),
    );
  });

  it('[invariant 6] is refused when nobody can be elected', async () => {
    const world = await proven();
    world.fleet.server('db-3').received = { serverId: '9', sequence: 100 };
    await expect(world.step('settle')).rejects.toMatchObject({
      name: 'PromotionRefused',
      message: expect.stringContaining('each have transactions that the other lacks'),
    });
    expect(await world.journalCodes()).not.toContain('settled');
  });

  it('[invariant 6] is refused when the candidate does not get done in time', async () => {
    const world = await proven();
    const candidate = world.fleet.server('db-2');
    Object.assign(candidate, { applyMs: 30_001, received: { serverId: '1', sequence: 103 } });
    await expect(world.step('settle')).rejects.toMatchObject({
      name: 'PromotionRefused',
      message: 'promote nothing: db-2 did not apply what it received within 30 s',
    });
  });

  it('run again after the promotion elects nobody else', async () => {
    const world = await (await failover()).before('move-address');
    expect(await world.step('settle')).toEqual({ outcome: 'settled', candidate: 'db-2' });
    expect((await world.journalCodes()).filter((code) => code === 'settled')).toHaveLength(1);
  });
});
