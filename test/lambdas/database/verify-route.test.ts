import { describe, expect, it } from 'vitest';
import { failover } from '../failover.ts';

const moved = async () => (await failover()).before('verify-route');

describe('[invariant 4] verify route', () => {
  it('is satisfied when the address leads to the promoted server, writable, under this epoch', async () => {
    const world = await moved();
    expect(await world.step('verify-route')).toEqual({ outcome: 'verified', route: 'vip' });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'route-verified', route: 'vip', address: '10.0.1.100', identity: '2' }),
    );
  });

  it('waits until it does', async () => {
    const world = await (await failover()).before('move-address');
    world.network.remapMs = 4_000;
    void world.network.assignAddress('eni-2', '10.0.1.100');
    const startedAtMs = world.clock.now();
    expect(await world.step('verify-route')).toMatchObject({ outcome: 'verified' });
    expect(world.clock.now() - startedAtMs).toBeLessThan(5_000);
  });

  it('by DNS connects to the own address of the new primary', async () => {
    const world = await (await failover()).before('move-address');
    expect(await world.step('verify-route', { route: 'dns' })).toEqual({ outcome: 'verified', route: 'dns' });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'route-verified', route: 'dns', address: '10.0.1.12' }),
    );
  });

  it.each<[string, (world: Awaited<ReturnType<typeof moved>>) => unknown, RegExp]>([
    [
      'another server',
      (world) => world.network.assignAddress('eni-3', '10.0.1.100'),
      /leads to server 3, epoch 1, read-only/,
    ],
    ['a server that is read-only', (world) => world.fleet.server('db-2').demote(), /server 2, epoch 2, read-only/],
    ['a server of another epoch', (world) => (world.fleet.server('db-2').epoch = 9), /server 2, epoch 9/],
    ['nobody', (world) => world.fleet.fail('db-2', 'off'), /no answer from 10\.0\.1\.100 within 500 ms/],
  ])('is not satisfied, after eight seconds, when the address leads to %s', async (_, happens, because) => {
    const world = await moved();
    await happens(world);
    const startedAtMs = world.clock.now();
    expect(await world.step('verify-route')).toEqual({ outcome: 'lost', because: expect.stringMatching(because) });
    expect(world.clock.now() - startedAtMs).toBeGreaterThanOrEqual(8_000);
    expect(world.clock.now() - startedAtMs).toBeLessThan(9_000);
    expect(await world.journalCodes()).not.toContain('route-verified');
    expect(await world.journalCodes()).toContain('route-failed');
  });

  it('is not satisfied by a server that was never promoted', async () => {
    const world = await (await failover()).before('promote');
    Object.assign(world.fleet.server('db-2'), { readOnly: false, epoch: 2 });
    expect(await world.step('verify-route', { route: 'dns' })).toMatchObject({ outcome: 'lost' });
  });
});
