import { describe, expect, it } from 'vitest';
import { CloudError } from '../../../lib/core/errors.ts';
import { exampleConfig } from '../../fakes/example-config.ts';
import { failover } from '../failover.ts';

const proven = async () => (await failover()).before('settle');

describe('settle', () => {
  it('[invariant 3] lets the candidate apply all that it received', async () => {
    const world = await failover();
    world.fleet.server('db-1').condition = 'up';
    for (const id of ['db-2', 'db-3']) world.fleet.server(id).applyMs = 2_000;
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
    // Two servers at one number, and nobody saw which of them the old primary had.
    await world.castVotes(['b', { seenAtMs: null }], ['c', { seenAtMs: null }]);
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

  it('[invariant 1] nominates whom it settles on, with what was known of its restart', async () => {
    const world = await (await failover()).before('promote');
    expect(await world.record()).toMatchObject({ nominee: { nodeId: 'db-2', epoch: 2, bootsReadOnly: true } });
  });

  it('[invariant 1] nominates nobody when the candidate does not get done in time', async () => {
    const world = await proven();
    Object.assign(world.fleet.server('db-2'), { applyMs: 30_001, received: { serverId: '1', sequence: 103 } });
    await expect(world.step('settle')).rejects.toThrow('did not apply what it received');
    expect(await world.record()).toMatchObject({ nominee: null });
  });

  it('nominates again when it broke off in between, but nobody who is the primary already', async () => {
    const world = await proven();
    const nominate = world.state.nominate.bind(world.state);
    world.state.nominate = () => Promise.reject(new CloudError('writing cluster orders failed'));
    await expect(world.step('settle')).rejects.toThrow('writing cluster orders failed');
    world.state.nominate = nominate;
    await world.step('settle');
    expect(await world.record()).toMatchObject({ nominee: { nodeId: 'db-2' } });
    await world.step('promote');
    await world.step('settle');
    expect(await world.record()).toMatchObject({ primary: 'db-2', nominee: null });
  });

  it('keeps what was known of the nominee when it was nominated first: once opened it may not tell any more', async () => {
    const world = await (await failover()).before('promote');
    const candidate = world.fleet.server('db-2');
    const observe = candidate.observe.bind(candidate);
    candidate.observe = () => ({ ...observe(), bootsReadOnly: 'unknown' });
    await world.step('settle');
    expect(await world.record()).toMatchObject({ nominee: { nodeId: 'db-2', bootsReadOnly: true } });
  });

  it('[invariant 3] stops a replica again that was restarted since, and counts what it has acknowledged by then', async () => {
    const world = await proven();
    const restarted = world.fleet.server('db-3');
    restarted.receiverRuns = true;
    restarted.received = { serverId: '1', sequence: 101 };
    expect(await world.step('settle')).toEqual({ outcome: 'settled', candidate: 'db-3' });
    expect(restarted.receiverRuns).toBe(false);
  });

  it('[invariant 3] is refused while a replica goes on receiving', async () => {
    const world = await proven();
    const restarted = world.fleet.server('db-3');
    restarted.receiverRuns = true;
    restarted.stopReceiving = () => restarted.status();
    await expect(world.step('settle')).rejects.toMatchObject({
      name: 'PromotionRefused',
      message: "promote nothing: db-3 can't be kept from receiving, so positions are not final",
    });
  });

  it('counts what a replica acknowledged until it was stopped again, not until it was seen', async () => {
    const world = await proven();
    const restarted = world.fleet.server('db-3');
    restarted.receiverRuns = true;
    const stop = restarted.stopReceiving.bind(restarted);
    restarted.stopReceiving = (from) => {
      restarted.received = { serverId: '1', sequence: 101 };
      return stop(from);
    };
    expect(await world.step('settle')).toEqual({ outcome: 'settled', candidate: 'db-3' });
  });

  it('leaves alone who does not receive from the old primary, and who does not answer', async () => {
    const world = await failover(exampleConfig({ semiSync: 'off' }));
    await world.before('settle');
    world.fleet.fail('db-3', 'down');
    expect(await world.step('settle')).toEqual({ outcome: 'settled', candidate: 'db-2' });
  });

  it('nominates with what was known of the candidate, and of nobody else', async () => {
    const world = await proven();
    world.fleet.server('db-3').received = { serverId: '1', sequence: 102 };
    const other = world.fleet.server('db-2');
    const observe = other.observe.bind(other);
    other.observe = () => ({ ...observe(), bootsReadOnly: false });
    await world.step('settle');
    expect(await world.record()).toMatchObject({ nominee: { nodeId: 'db-3', bootsReadOnly: true } });
  });

  it('nominates again whom it settled on, although that server does not answer now', async () => {
    const world = await proven();
    const nominate = world.state.nominate.bind(world.state);
    world.state.nominate = () => Promise.reject(new CloudError('writing cluster orders failed'));
    await expect(world.step('settle')).rejects.toThrow('writing cluster orders failed');
    world.state.nominate = nominate;
    world.fleet.fail('db-2', 'down');
    await world.step('settle');
    expect(await world.record()).toMatchObject({ nominee: { nodeId: 'db-2', bootsReadOnly: 'unknown' } });
  });

  it('names all who go on receiving', async () => {
    const world = await proven();
    for (const id of ['db-2', 'db-3']) {
      const server = world.fleet.server(id);
      server.receiverRuns = true;
      server.stopReceiving = () => server.status();
    }
    await expect(world.step('settle')).rejects.toThrow("db-2, db-3 can't be kept from receiving");
  });
});
