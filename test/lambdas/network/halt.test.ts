import { describe, expect, it } from 'vitest';
import { CloudError } from '../../../lib/core/errors.ts';
import { failover } from '../failover.ts';

describe('[invariant 6] halt', () => {
  it('keeps anything from starting, and tells a person what is known', async () => {
    const world = await (await failover()).before('settle');
    expect(await world.step('halt')).toEqual({ outcome: 'halted', because: 'no proof' });
    expect(await world.record()).toMatchObject({ phase: 'halted', holder: null, primary: 'db-1' });
    expect(world.notifier.told).toEqual([
      {
        subject: 'orders: failover halted, a person must decide',
        message: expect.stringMatching(
          /^FenceUnproven: no proof\n.*epoch 2\.\n.* db-failover history orders --epoch 2\nExecution: orders-e2$/,
        ),
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

  it('[invariant 2] of an older epoch writes into no journal', async () => {
    const world = await (await failover()).before('settle');
    await world.step('halt', { epoch: 1 });
    expect(await world.journalCodes(1)).toEqual([]);
    expect(await world.record()).toMatchObject({ phase: 'changing', holder: 'orders-e2' });
  });

  it('tells people of a change that could not even be opened, although what started it names no cluster', async () => {
    const world = await failover();
    const problem = { Error: 'CloudError', Cause: 'registering cluster orders failed' };
    expect(await world.step('halt', { cluster: '', epoch: 0, problem })).toMatchObject({ outcome: 'halted' });
    expect(world.notifier.told).toEqual([
      {
        subject: 'a failover could not be opened',
        message: expect.stringMatching(
          /^CloudError: registering cluster orders failed\nNothing was changed.*\nExecution: /,
        ),
      },
    ]);
  });

  it('halts although nobody can be told', async () => {
    const world = await (await failover()).before('settle');
    world.notifier.isFailing = true;
    await world.step('halt');
    expect(await world.record()).toMatchObject({ phase: 'halted' });
  });
});
