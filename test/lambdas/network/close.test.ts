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
});

describe('[invariant 6] halt', () => {
  it('keeps anything from starting, and tells a person what is known', async () => {
    const world = await (await failover()).before('settle');
    expect(await world.step('halt')).toEqual({ outcome: 'halted', because: 'no proof' });
    expect(await world.record()).toMatchObject({ phase: 'halted', holder: null, primary: 'db-1' });
    expect(world.notifier.told).toEqual([
      {
        subject: 'orders: failover halted, a person must decide',
        message: expect.stringMatching(/^FenceUnproven: no proof\n.*epoch 2\.\nExecution: orders-e2$/),
      },
    ]);
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'halted', at: 'FenceUnproven', because: 'no proof' }),
    );
  });

  it('reads the cause that Lambda gives as JSON', async () => {
    const world = await (await failover()).before('settle');
    const Cause = JSON.stringify({ errorType: 'DatabaseError', errorMessage: 'no answer from 10.0.1.12', trace: [] });
    const answer = await world.step('halt', { problem: { Error: 'DatabaseError', Cause } });
    expect(answer['because']).toBe('no answer from 10.0.1.12');
  });

  it.each([{ Error: 'States.Timeout' }, {}])('makes do with what it is told: %o', async (problem) => {
    const world = await (await failover()).before('settle');
    expect(await world.step('halt', { problem })).toEqual({ outcome: 'halted', because: 'no cause given' });
  });

  it('of who does not hold the cluster halts nothing, but tells people all the same', async () => {
    const world = await (await failover()).before('settle');
    await world.step('halt', { epoch: 0, execution: 'orders-e9' });
    expect(await world.record()).toMatchObject({ phase: 'changing', holder: 'orders-e2' });
    expect(world.notifier.told).toHaveLength(1);
    expect(await world.journalCodes()).not.toContain('halted');
  });

  it('tells people although the record can not be written: monitors find the change unfinished', async () => {
    const world = await (await failover()).before('settle');
    world.state.halt = () => Promise.reject(new CloudError('writing cluster orders failed'));
    expect(await world.step('halt')).toMatchObject({ outcome: 'halted' });
    expect(world.notifier.told).toEqual([
      expect.objectContaining({ message: expect.stringContaining('writing cluster orders failed') }),
    ]);
    expect(await world.record()).toMatchObject({ phase: 'changing', holder: 'orders-e2' });
  });

  it('halts although nobody can be told', async () => {
    const world = await (await failover()).before('settle');
    world.notifier.isFailing = true;
    await world.step('halt');
    expect(await world.record()).toMatchObject({ phase: 'halted' });
  });
});
