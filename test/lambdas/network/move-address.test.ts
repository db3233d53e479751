import { describe, expect, it } from 'vitest';
import { InvalidInput, RouteNotMoved } from '../../../lib/core/errors.ts';
import { failover } from '../failover.ts';

const holders = async (world: Awaited<ReturnType<typeof failover>>) => {
  const all = await Promise.all(['eni-1', 'eni-2', 'eni-3'].map((id) => world.network.interface(id)));
  return all.filter((each) => each.addresses.includes('10.0.1.100')).map((each) => each.id);
};

describe('move address', () => {
  it('takes the address from the old primary and gives it to the new', async () => {
    const world = await (await failover()).before('move-address');
    expect(await world.step('move-address')).toEqual({ outcome: 'moved', tookMs: 0 });
    expect(await holders(world)).toEqual(['eni-2']);
  });

  it('ends only when the address has arrived', async () => {
    const world = await (await failover()).before('move-address');
    world.network.remapMs = 1_100;
    expect(await world.step('move-address')).toMatchObject({ outcome: 'moved', tookMs: 1_200 });
  });

  it('fails when the address does not arrive, so that DNS is tried', async () => {
    const world = await (await failover()).before('move-address');
    world.network.remapMs = 60_000;
    await expect(world.step('move-address')).rejects.toBeInstanceOf(RouteNotMoved);
  });

  it('fails when EC2 does', async () => {
    const world = await (await failover()).before('move-address');
    world.network.failing.add('assignAddress');
    await expect(world.step('move-address')).rejects.toThrow('assignAddress failed');
    expect(await holders(world)).toEqual(['eni-1']);
  });

  it('[invariant 8] writes down why it failed, as the machine goes on by DNS', async () => {
    const world = await (await failover()).before('move-address');
    world.network.failing.add('assignAddress');
    await expect(world.step('move-address')).rejects.toThrow('assignAddress failed');
    expect((await world.journal()).at(-1)).toMatchObject({
      code: 'route-failed',
      route: 'vip',
      because: 'assignAddress failed',
    });
  });

  it('fails for its own reason when that can not be written down either', async () => {
    const world = await (await failover()).before('move-address');
    world.network.failing.add('assignAddress');
    world.state.append = () => Promise.reject(new Error('the table is out'));
    await expect(world.step('move-address')).rejects.toThrow('assignAddress failed');
  });
});

describe('[invariant 4] the address stays where it is', () => {
  it.each(['revoke-acks', 'prove', 'settle', 'promote'] as const)('before %s', async (step) => {
    const world = await (await failover()).before(step);
    await expect(world.step('move-address')).rejects.toBeInstanceOf(InvalidInput);
    expect(await holders(world)).toEqual(['eni-1']);
  });

  it('when it should go to another server than the one that was promoted', async () => {
    const world = await (await failover()).before('move-address');
    await expect(world.step('move-address', { candidate: 'db-3' })).rejects.toThrow(
      'candidate: received db-3, which was not promoted under epoch 2; the route stays',
    );
    expect(await holders(world)).toEqual(['eni-1']);
  });

  it('when that server was promoted under an older epoch only', async () => {
    const world = await (await failover()).before('close');
    await world.step('close');
    await world.state.open((await world.record())!, 'orders-e3');
    await expect(world.step('move-address', { epoch: 3, execution: 'orders-e3' })).rejects.toBeInstanceOf(InvalidInput);
  });
});
