import { describe, expect, it } from 'vitest';
import { DatabaseError, InvalidInput, StaleActor } from '../../../lib/core/errors.ts';
import { exampleConfig } from '../../fakes/example-config.ts';
import { failover, type Failover } from '../failover.ts';

const settled = async () => (await failover()).before('promote');
const writable = (world: Failover) =>
  [...world.fleet.servers.values()]
    .filter((each) => !each.readOnly && each.condition === 'up')
    .map((each) => each.node.id);

describe('promote', () => {
  it('opens the candidate under the epoch of the change, and records it as the primary', async () => {
    const world = await settled();
    expect(await world.step('promote')).toEqual({ outcome: 'promoted', identity: '2' });
    expect(world.fleet.server('db-2')).toMatchObject({ readOnly: false, epoch: 2, semiSync: true, source: null });
    expect(await world.record()).toMatchObject({
      primary: 'db-2',
      promotedAt: world.fleet.server('db-2').observe().executed,
      fenced: { 'db-1': 2 },
      phase: 'changing',
      holder: 'orders-e2',
    });
  });

  it('turns semi-sync off where the configuration has none', async () => {
    const world = await failover(exampleConfig({ semiSync: 'off' }));
    await world.before('promote');
    await world.step('promote');
    expect(world.fleet.server('db-2')).toMatchObject({ readOnly: false, semiSync: false });
  });

  it('fails when the server does not read as it should afterwards', async () => {
    const world = await settled();
    const server = world.fleet.server('db-2');
    server.promote = () => ({ ...server.observe(), readOnly: true });
    await expect(world.step('promote')).rejects.toThrow('db-2 was promoted but reads read-only');
    expect(await world.journalCodes()).not.toContain('promoted');
    expect(await world.record()).toMatchObject({ primary: 'db-1' });
  });

  it('fails when the server has another epoch afterwards', async () => {
    const world = await settled();
    const server = world.fleet.server('db-2');
    server.promote = () => ({ ...server.observe(), readOnly: false, epoch: 1 });
    await expect(world.step('promote')).rejects.toMatchObject({
      failure: 'sql',
      message: 'db-2 was promoted but reads epoch 1',
    });
    expect(await world.journalCodes()).not.toContain('promoted');
  });

  it('fails when the server has a newer epoch', async () => {
    const world = await settled();
    world.fleet.server('db-2').epoch = 3;
    await expect(world.step('promote')).rejects.toBeInstanceOf(DatabaseError);
    expect(writable(world)).toEqual([]);
  });
});

describe('[invariant 1] nothing is promoted', () => {
  it.each(['confirm', 'plan', 'revoke-acks', 'demote', 'prove'] as const)(
    'before %s, as there is no proof in the journal',
    async (step) => {
      const world = await (await failover()).before(step);
      await expect(world.step('promote')).rejects.toThrow(
        'epoch 2 of cluster orders has no fence proof in its journal; nothing is promoted',
      );
      expect(writable(world)).toEqual([]);
    },
  );

  it('on a proof of long ago, as when a change of yesterday is redriven', async () => {
    const world = await settled();
    await world.clock.pass(31 * 60_000);
    await expect(world.step('promote')).rejects.toThrow(
      'the fence of db-1 was proven 31 min ago, and a proof lasts 30 min; nothing is promoted',
    );
    expect(writable(world)).toEqual([]);
  });

  it('before it is settled who it is', async () => {
    const world = await (await failover()).before('settle');
    await expect(world.step('promote')).rejects.toThrow(
      'candidate: received db-2, which epoch 2 did not settle on; nothing is promoted',
    );
    expect(writable(world)).toEqual([]);
  });

  it('when the record has no nominee', async () => {
    const world = await settled();
    const state = (await world.record())!;
    world.state.read = async () => ({ ...state, nominee: null });
    await expect(world.step('promote')).rejects.toThrow('but nobody is nominated in cluster orders');
    expect(writable(world)).toEqual([]);
  });

  it('when the record has another nominee, whatever the journal says', async () => {
    const world = await settled();
    const state = (await world.record())!;
    const nominee = { nodeId: 'db-3', epoch: 1, bootsReadOnly: true };
    world.state.read = async () => ({ ...state, nominee });
    await expect(world.step('promote')).rejects.toThrow(
      'candidate: received db-2, but db-3 is nominated in cluster orders; nothing is promoted',
    );
    expect(writable(world)).toEqual([]);
  });

  it('with evidence that is not sufficient', async () => {
    const world = await (await failover()).before('revoke-acks');
    world.fleet.fail('db-3', 'hung');
    await world.step('revoke-acks');
    await expect(world.step('prove')).rejects.toMatchObject({ name: 'FenceNotYetProven' });
    await expect(world.step('promote')).rejects.toBeInstanceOf(InvalidInput);
    expect(writable(world)).toEqual([]);
  });

  it('by the proof of an older epoch', async () => {
    const world = await settled();
    await world.step('halt');
    await world.state.open((await world.record())!, 'orders-e3');
    await expect(world.step('promote', { epoch: 3, execution: 'orders-e3' })).rejects.toThrow('has no fence proof');
    expect(writable(world)).toEqual([]);
  });

  it('that was not settled on', async () => {
    const world = await settled();
    await expect(world.step('promote', { candidate: 'db-3' })).rejects.toThrow(
      'candidate: received db-3, which epoch 2 did not settle on; nothing is promoted',
    );
    expect(writable(world)).toEqual([]);
  });

  it('[invariant 2] by an execution that has lost the cluster', async () => {
    const world = await settled();
    await world.step('halt');
    await expect(world.step('promote')).rejects.toBeInstanceOf(StaleActor);
    expect(writable(world)).toEqual([]);
  });
});
