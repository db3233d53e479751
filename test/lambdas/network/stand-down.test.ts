import { describe, expect, it } from 'vitest';
import { CloudError } from '../../../lib/core/errors.ts';
import { failover } from '../failover.ts';

describe('stand down', () => {
  it.each(['confirm', 'plan', 'revoke-acks'] as const)('before %s leaves all as it was', async (step) => {
    const world = await (await failover()).before(step);
    expect(await world.step('stand-down')).toEqual({ outcome: 'stood-down', because: 'a: alive' });
    expect(world.effects).toEqual([]);
    expect(await world.record()).toMatchObject({ phase: 'steady', holder: null, primary: 'db-1', route: 'vip' });
  });

  it('gives the monitors time to look again, and tells people why', async () => {
    const world = await (await failover()).before('plan');
    await world.step('stand-down');
    expect(await world.record()).toMatchObject({ notBeforeMs: world.clock.now() + 10_000 });
    expect(world.notifier.told).toEqual([
      { subject: 'orders: stood down, nothing was changed', message: expect.stringContaining('a: alive') },
    ]);
    expect(await world.journalCodes()).toContain('stood-down');
  });

  it('[invariant 8] has its end in the journal before the lock is released, and once', async () => {
    const world = await (await failover()).before('plan');
    const release = world.state.standDown.bind(world.state);
    world.state.standDown = () => Promise.reject(new CloudError('writing cluster orders failed'));
    await expect(world.step('stand-down')).rejects.toBeInstanceOf(CloudError);
    expect(await world.journalCodes()).toContain('stood-down');
    world.state.standDown = release;
    await world.step('stand-down');
    expect((await world.journalCodes()).filter((code) => code === 'stood-down')).toHaveLength(1);
    expect(await world.record()).toMatchObject({ phase: 'steady', holder: null });
  });
});
