import { describe, expect, it } from 'vitest';
import { NOW, semiSync } from '../../core/examples.ts';
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
      lossAsOfMs: NOW - 4_000,
      caveats: [],
    });
    expect(await world.journal()).toContainEqual(expect.objectContaining({ code: 'planned', plan }));
    expect(world.effects).toEqual([]);
  });

  it('[invariant 3] measures the possible loss by all that was seen of the old primary, and says as of when', async () => {
    const world = await confirmed();
    const nowMs = world.clock.now();
    await world.castVotes(
      ['a', { executed: '0-1-999', primary: 'db-3' }],
      ['b', { executed: '0-1-103', seenAtMs: nowMs - 900 }],
      ['c', { executed: '0-1-102', seenAtMs: nowMs - 500 }],
    );
    expect(await world.step('plan')).toMatchObject({
      plan: { possibleLoss: 3, lossAsOfMs: nowMs - 500, caveats: [] },
    });
  });

  it('says what could not be told', async () => {
    const world = await confirmed();
    await world.castVotes(['b', { seenAtMs: null }], ['c', { seenAtMs: null }]);
    expect(await world.step('plan')).toMatchObject({
      plan: {
        possibleLoss: null,
        lossAsOfMs: null,
        caveats: [expect.stringContaining('no monitor saw db-1'), expect.stringContaining('semi-sync is taken')],
      },
    });
  });

  it('takes as many acknowledgements to be required as the old primary was last seen to', async () => {
    const world = await confirmed();
    const two = { seenAtMs: world.clock.now(), semiSync: semiSync({ requiredAcks: 2 }) };
    await world.castVotes(['b', two], ['c', two]);
    world.fleet.fail('db-3', 'off');
    expect(await world.step('plan')).toMatchObject({ plan: { candidate: 'db-2' } });
  });

  it('[invariant 1] plans to promote nobody but whom an earlier change was about to open', async () => {
    const world = await confirmed();
    const actor = { cluster: 'orders', epoch: 2, execution: 'orders-e2' };
    await world.state.nominate(actor, { nodeId: 'db-3', bootsReadOnly: true });
    expect(await world.step('plan')).toMatchObject({
      plan: { candidate: 'db-3', losers: [{ nodeId: 'db-2', code: 'not-the-nominee' }] },
    });
  });

  it('[invariant 6] is refused, with the reason, when nobody can be promoted', async () => {
    const world = await confirmed();
    world.fleet.fail('db-3', 'off');
    await expect(world.step('plan')).rejects.toMatchObject({
      name: 'PromotionRefused',
      message: expect.stringContaining(
        "what was received can't be said by db-3 (no answer); a write is acknowledged once 1 replica has it",
      ),
    });
    expect(await world.journalCodes()).not.toContain('planned');
  });
});
