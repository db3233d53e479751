import { describe, expect, it } from 'vitest';
import { CloudError } from '../../../lib/core/errors.ts';
import { failover } from '../failover.ts';

const carriedOut = async () => (await failover()).before('close');

describe('close', () => {
  it('releases the lock and begins the cooldown', async () => {
    const world = await carriedOut();
    await world.step('close');
    expect(await world.record()).toMatchObject({
      phase: 'steady',
      holder: null,
      primary: 'db-2',
      route: 'vip',
      notBeforeMs: world.clock.now() + 300_000,
    });
  });

  it('[invariant 8] sums the change up from its journal', async () => {
    const world = await carriedOut();
    await world.clock.pass(700);
    const { summary } = await world.step('close');
    expect(summary).toMatchObject({
      cluster: 'orders',
      epoch: 2,
      oldPrimary: 'db-1',
      newPrimary: 'db-2',
      route: 'vip',
      proof: 'acks-revoked',
      possibleLoss: 0,
      endedAtMs: world.clock.now(),
    });
  });

  it('records how long it took from the first missed probe, and tells people', async () => {
    const world = await carriedOut();
    await world.clock.pass(700);
    await world.step('close');
    expect(world.recorded).toEqual([3.7]);
    expect(world.notifier.told).toEqual([
      {
        subject: 'orders: failed over from db-1 to db-2',
        message: expect.stringMatching(
          /db-2 \(epoch 2\), reached by vip[^]*missing for 3\.7 s[^]*acks-revoked[^]*orders-e2/,
        ),
      },
    ]);
  });

  it('says which replicas do not follow the new primary', async () => {
    const world = await (await failover()).before('repoint');
    world.fleet.fail('db-3', 'down');
    await world.step('repoint');
    await world.step('close');
    expect(world.notifier.told.at(-1)?.message).toContain('db-3 does not follow it: 10.0.1.13 refused the connection.');
  });

  it('closes although nobody can be told', async () => {
    const world = await carriedOut();
    world.notifier.isFailing = true;
    expect(await world.step('close')).toMatchObject({ outcome: 'closed' });
    expect(await world.record()).toMatchObject({ phase: 'steady' });
  });

  it('run again after it broke off in the middle, does what is left', async () => {
    const world = await carriedOut();
    const close = world.state.close.bind(world.state);
    world.state.close = () => Promise.reject(new CloudError('writing cluster orders failed'));
    await expect(world.step('close')).rejects.toBeInstanceOf(CloudError);
    world.state.close = close;
    await world.step('close');
    expect(await world.record()).toMatchObject({ phase: 'steady', holder: null });
    expect(world.notifier.told).toHaveLength(1);
    expect(world.recorded).toHaveLength(1);
  });

  it('does not close a change that was not carried out', async () => {
    const world = await (await failover()).before('verify-route');
    await expect(world.step('close')).rejects.toThrow('no event "route-verified"');
    expect(await world.record()).toMatchObject({ phase: 'changing', holder: 'orders-e2' });
  });
});
