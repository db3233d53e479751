import { describe, expect, it } from 'vitest';
import { failover } from '../failover.ts';

const stopping = async () => (await failover()).before('prove');
const evidenceOf = async (world: Awaited<ReturnType<typeof failover>>) =>
  (await world.journal()).flatMap((event) => (event.code === 'fence-evidence' ? [event.evidence] : []));

describe('stop instance', () => {
  it('asks for the stop and journals that it did', async () => {
    const world = await (await failover()).before('stop-instance');
    expect(await world.step('stop-instance')).toEqual({ outcome: 'requested' });
    expect(world.effects).toContain('i-1 is to stop');
    expect(await world.journalCodes()).toContain('stop-requested');
  });

  it('that fails is journalled, and no error: other fences go on', async () => {
    const world = await (await failover()).before('stop-instance');
    world.network.failing.add('stop');
    expect(await world.step('stop-instance')).toEqual({ outcome: 'failed', because: 'stop failed' });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'fence-failed', what: 'stopping i-1', because: 'stop failed' }),
    );
  });
});

describe('check instance', () => {
  it('[invariant 1] takes an instance that is stopping for no evidence', async () => {
    const world = await stopping();
    expect(await world.step('check-instance')).toEqual({ outcome: 'waiting', because: 'i-1 is stopping' });
    expect((await evidenceOf(world)).map((each) => each.kind)).not.toContain('instance-stopped');
  });

  it('gives a stopped instance as evidence, and the fence as complete', async () => {
    const world = await stopping();
    await world.clock.pass(world.network.stopMs);
    expect(await world.step('check-instance')).toMatchObject({ outcome: 'stopped' });
    expect(await evidenceOf(world)).toContainEqual({
      kind: 'instance-stopped',
      instanceId: 'i-1',
      expectedInstanceId: 'i-1',
      stateCode: 80,
    });
    expect(await world.journalCodes()).toContain('fence-complete');
  });

  it('asks again when the instance runs, as the request failed or somebody started it', async () => {
    const world = await (await failover()).before('stop-instance');
    expect(await world.step('check-instance')).toEqual({ outcome: 'waiting', because: 'i-1 is running' });
    expect(world.effects).toContain('i-1 is to stop');
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'stop-requested', instanceId: 'i-1' }),
    );
  });

  it('goes on when EC2 can not be asked', async () => {
    const world = await stopping();
    world.network.failing.add('instance');
    expect(await world.step('check-instance')).toEqual({ outcome: 'waiting', because: 'instance failed' });
  });

  it('[invariant 6] gives up after a quarter of an hour, and tells a person', async () => {
    const world = await stopping();
    world.network.setState('i-1', 64, 'stopping');
    world.network.instance = () => Promise.resolve({ id: 'i-1', stateCode: 64, stateName: 'stopping' });
    await world.clock.pass(899_999);
    expect(await world.step('check-instance')).toMatchObject({ outcome: 'waiting' });
    await world.clock.pass(1);
    expect(await world.step('check-instance')).toEqual({ outcome: 'incomplete', because: 'i-1 is stopping' });
    expect(world.notifier.told).toEqual([
      { subject: 'orders: db-1 is not stopped', message: expect.stringContaining('Stop it by hand') },
    ]);
  });
});
