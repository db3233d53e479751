/**
 * Confirm after an event of EC2 or an alarm: what it waits for, and for how long.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../fakes/example-config.ts';
import { Failover } from '../failover.ts';

/** A primary that is well, and a change that was opened because of something else than votes. */
async function openedBy(trigger: object, stateCode: number): Promise<Failover> {
  const world = new Failover(exampleConfig({ alarms: ['writes'] }));
  await world.castVotes(['a', { verdict: 'alive' }], ['b', { verdict: 'alive' }], ['c', { verdict: 'alive' }]);
  world.network.setState('i-1', stateCode, 'stopping');
  await world.step('open', { cluster: '', trigger });
  return world;
}
const STOPPING = { kind: 'ec2-event', instanceId: 'i-1', state: 'stopping' };
const ALARM = { kind: 'alarm', name: 'writes' };

describe('confirm after an event of EC2', () => {
  it('takes a server that has ended on a stopping instance for gone, long before monitors agree', async () => {
    const world = await openedBy(STOPPING, 64);
    world.fleet.fail('db-1', 'down');
    expect(await world.step('confirm', { instanceStateCode: 64 })).toEqual({
      outcome: 'confirmed',
      because:
        'EC2 says that the instance of db-1 is going down (state code 64), and db-1 gives no sign of life (refused)',
    });
  });

  it('sees it end while it waits', async () => {
    const world = await openedBy(STOPPING, 64);
    void world.clock.sleep(700).then(() => world.fleet.fail('db-1', 'down'));
    expect(await world.step('confirm', { instanceStateCode: 64 })).toMatchObject({ outcome: 'confirmed' });
    expect(await world.journalCodes()).toEqual(['opened', 'confirmed']);
  });

  it('has EC2 asked anew when it has waited a moment, and journals nothing', async () => {
    const world = await openedBy(STOPPING, 64);
    const startedAtMs = world.clock.now();
    expect(await world.step('confirm', { instanceStateCode: 64 })).toMatchObject({ outcome: 'waiting' });
    expect(world.clock.now() - startedAtMs).toBeLessThan(3_000);
    expect(await world.journalCodes()).toEqual(['opened']);
  });

  it('gives up after half a minute, and says what the monitors say', async () => {
    const world = await openedBy(STOPPING, 64);
    await world.clock.pass(30_000);
    expect(await world.step('confirm', { instanceStateCode: 64 })).toEqual({
      outcome: 'not-confirmed',
      because: expect.stringMatching(/, for 30 s$/),
    });
  });

  it('[invariant 6] does not believe the event when EC2 says that the instance runs', async () => {
    const world = await openedBy(STOPPING, 16);
    world.fleet.fail('db-1', 'down');
    expect(await world.step('confirm', { instanceStateCode: 16 })).toMatchObject({ outcome: 'waiting' });
    expect(world.effects).toEqual([]);
  });

  it('[invariant 7] counts only votes when EC2 gives no answer', async () => {
    const world = await openedBy(STOPPING, 64);
    world.fleet.fail('db-1', 'down');
    expect(await world.step('confirm', { instanceStateCode: -1 })).toMatchObject({ outcome: 'waiting' });
    await world.castVotes(['b', { epoch: 2 }], ['c', { epoch: 2 }]);
    expect(await world.step('confirm', { instanceStateCode: -1 })).toMatchObject({
      outcome: 'confirmed',
      because: expect.stringContaining('monitors b, c of 3 miss db-1'),
    });
  });
});

describe('confirm after an alarm', () => {
  it('waits for the monitors to agree, and asks the primary nothing itself', async () => {
    const world = await openedBy(ALARM, 16);
    world.fleet.fail('db-1', 'down');
    expect(await world.step('confirm', { instanceStateCode: 64 })).toMatchObject({ outcome: 'waiting' });
    await world.castVotes(['b', { epoch: 2 }], ['c', { epoch: 2 }]);
    expect(await world.step('confirm', { instanceStateCode: -1 })).toMatchObject({ outcome: 'confirmed' });
  });
});

describe('asking EC2 again', () => {
  it('gives the state code of this moment', async () => {
    const world = await openedBy(STOPPING, 64);
    world.network.setState('i-1', 80, 'stopped');
    expect(await world.step('instance-state')).toEqual({ outcome: 'asked', instanceStateCode: 80 });
  });

  it.each(['failing', 'slow'] as const)('gives an answer when EC2 is %s: none', async (how) => {
    const world = await openedBy(STOPPING, 64);
    if (how === 'failing') world.network.failing.add('instance');
    else world.network.slow.set('instance', 60_000);
    const startedAtMs = world.clock.now();
    expect(await world.step('instance-state')).toEqual({ outcome: 'asked', instanceStateCode: -1 });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(500);
  });
});
