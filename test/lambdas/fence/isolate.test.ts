import { describe, expect, it } from 'vitest';
import { failover } from '../failover.ts';

const groupsOf = async (world: Awaited<ReturnType<typeof failover>>, id: string) =>
  (await world.network.interface(id)).groups;

describe('isolate', () => {
  it('leaves the interface of the old primary the fence group alone, and no other interface', async () => {
    const world = await (await failover()).before('isolate');
    expect(await world.step('isolate')).toEqual({ outcome: 'isolated', interfaces: ['eni-1'] });
    expect(await groupsOf(world, 'eni-1')).toEqual(['sg-fence']);
    expect(await groupsOf(world, 'eni-2')).toEqual(['sg-1']);
  });

  it('[invariant 8] writes down the groups that were there before it takes them away', async () => {
    const world = await (await failover()).before('isolate');
    world.network.failing.add('setGroups');
    await expect(world.step('isolate')).rejects.toThrow('setGroups failed');
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'interfaces-isolated', undo: [{ id: 'eni-1', groups: ['sg-1'] }] }),
    );
  });

  it('[invariant 8] writes down that it failed, as the machine goes on without it', async () => {
    const world = await (await failover()).before('isolate');
    world.network.failing.add('setGroups');
    await expect(world.step('isolate')).rejects.toThrow('setGroups failed');
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({
        code: 'fence-failed',
        what: 'isolating the network of i-1',
        because: 'setGroups failed',
      }),
    );
  });

  it('[invariant 1] asks until EC2 shows what was changed, as it may show for a while what was before', async () => {
    const world = await (await failover()).before('isolate');
    world.network.staleMs = 2_000;
    await world.step('isolate');
    const evidence = (await world.journal()).findLast(({ code }) => code === 'fence-evidence');
    expect(evidence).toMatchObject({
      evidence: { kind: 'network-isolated', interfaces: [{ id: 'eni-1', groups: ['sg-fence'] }] },
    });
  });

  it('[invariant 1] writes down what EC2 shows when it does not show the change in time', async () => {
    const world = await (await failover()).before('isolate');
    world.network.staleMs = 60_000;
    const startedAtMs = world.clock.now();
    await world.step('isolate');
    expect(world.clock.now() - startedAtMs).toBeLessThan(15_000);
    const evidence = (await world.journal()).findLast(({ code }) => code === 'fence-evidence');
    expect(evidence).toMatchObject({ evidence: { interfaces: [{ id: 'eni-1', groups: ['sg-1'] }] } });
  });

  it('gives monitors the moment that they need to tell that the port is closed, as it closes it for them too', async () => {
    const world = await (await failover()).before('demote');
    const startedAtMs = world.clock.now();
    await world.castVotes(['b', { refusedForMs: 400 }], ['c', { refusedForMs: 1_200 }]);
    void world.clock.sleep(550).then(() => world.castVotes(['b', { refusedForMs: 1_000 }]));
    await world.step('isolate');
    expect(world.clock.now() - startedAtMs).toBe(600);
    expect(await groupsOf(world, 'eni-1')).toEqual(['sg-fence']);
  });

  it('waits for them no longer than they can need', async () => {
    const world = await (await failover()).before('demote');
    const startedAtMs = world.clock.now();
    await world.castVotes(['b', { refusedForMs: 0 }], ['c', { refusedForMs: 0 }]);
    await world.step('isolate');
    expect(world.clock.now() - startedAtMs).toBe(2_000);
  });

  it.each([
    ['are not refused', { refusedForMs: null }],
    ['have been for long enough', { refusedForMs: 1_000 }],
    ['see it alive again', { refusedForMs: 400, verdict: 'alive' }],
  ] as const)('waits for nobody when they %s', async (_, changes) => {
    const world = await (await failover()).before('demote');
    const startedAtMs = world.clock.now();
    await world.castVotes(['b', changes], ['c', changes]);
    await world.step('isolate');
    expect(world.clock.now()).toBe(startedAtMs);
  });

  it('waits for nobody once the fence is proven', async () => {
    const world = await (await failover()).before('settle');
    const startedAtMs = world.clock.now();
    await world.castVotes(['b', { refusedForMs: 0 }], ['c', { refusedForMs: 0 }]);
    await world.step('isolate');
    expect(world.clock.now()).toBe(startedAtMs);
  });

  it('never writes down the fence group as what was there', async () => {
    const world = await (await failover()).before('isolate');
    await world.step('isolate');
    await world.step('isolate');
    const undos = (await world.journal()).flatMap((event) => (event.code === 'interfaces-isolated' ? event.undo : []));
    expect(undos).toEqual([{ id: 'eni-1', groups: ['sg-1'] }]);
  });

  it('gives as evidence what was read back', async () => {
    const world = await (await failover()).before('isolate');
    world.network.setGroups = () => Promise.resolve();
    await world.step('isolate');
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({
        evidence: {
          kind: 'network-isolated',
          interfaces: [{ id: 'eni-1', groups: ['sg-1'] }],
          expectedInterface: 'eni-1',
          fenceGroup: 'sg-fence',
        },
      }),
    );
  });
});
