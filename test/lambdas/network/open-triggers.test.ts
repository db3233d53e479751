import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../fakes/example-config.ts';
import { failover, type Failover } from '../failover.ts';

const event = (instanceId: string, state = 'stopping') => ({ kind: 'ec2-event', instanceId, state });
const ALARM = { kind: 'alarm', name: 'orders-writes-fail' };
/** As EventBridge starts it: under a name of its own, and it knows no clusters. */
const delivered = (trigger: object, execution = 'f3a1') => ({ cluster: '', execution, trigger });

async function withAlarm(): Promise<Failover> {
  return failover(exampleConfig({ alarms: ['orders-writes-fail'] }));
}

describe('open finds the cluster', () => {
  it('that an instance belongs to, and asks EC2 about it anew', async () => {
    const world = await failover();
    world.network.setState('i-1', 64, 'stopping');
    expect(await world.step('open', delivered(event('i-1')))).toEqual({
      outcome: 'opened',
      cluster: 'orders',
      epoch: 2,
      oldPrimary: 'db-1',
      instanceStateCode: 64,
      force: false,
    });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'opened', trigger: event('i-1'), instanceState: 'stopping' }),
    );
  });

  it('that names an alarm', async () => {
    const world = await withAlarm();
    expect(await world.step('open', delivered(ALARM))).toMatchObject({ outcome: 'opened', cluster: 'orders' });
  });

  it.each([
    [event('i-9'), 'i-9 belongs to no configured cluster'],
    [ALARM, 'no configured cluster names the alarm "orders-writes-fail"'],
  ])('or refuses %o', async (trigger, because) => {
    const world = await failover();
    expect(await world.step('open', delivered(trigger))).toMatchObject({ code: 'unknown-cluster', because });
  });
});

describe('[invariant 2] an event or an alarm changes nothing, and nobody is told', () => {
  it.each<[string, string, object, (world: Failover) => Promise<unknown> | void]>([
    ['of the instance of a replica', 'not-the-primary', delivered(event('i-2')), () => {}],
    [
      'of the old primary, which the change itself stops',
      'already-changing',
      delivered(event('i-1')),
      async (world) => {
        world.executions.run('orders-e2');
        await world.before('plan');
      },
    ],
    [
      'of the old primary, once another is the primary',
      'not-the-primary',
      delivered(event('i-1', 'stopped')),
      async (world) => {
        await world.before('close');
        await world.step('close');
      },
    ],
    [
      'of the new primary, while the cluster cools down',
      'not-now',
      delivered(event('i-2')),
      async (world) => {
        await world.before('close');
        await world.step('close');
      },
    ],
    [
      'after a halt',
      'not-now',
      delivered(ALARM),
      async (world) => {
        await world.step('open');
        await world.step('halt');
      },
    ],
    [
      'just after a stand-down',
      'not-now',
      delivered(event('i-1', 'stopped')),
      async (world) => {
        await world.step('open');
        await world.step('stand-down');
      },
    ],
    ['that would force it', 'needs-an-operator', { ...delivered(ALARM), force: true }, () => {}],
    ['that would dismiss somebody', 'needs-an-operator', { ...delivered(event('i-1')), dismiss: 'db-2' }, () => {}],
  ])('%s', async (_, code, input, prepare) => {
    const world = await withAlarm();
    await prepare(world);
    const before = await world.everything();
    expect(await world.step('open', { ...input })).toMatchObject({ outcome: 'refused', code });
    expect(await world.everything()).toEqual(before);
  });

  it.each([event('i-1', 'stopped'), ALARM])('to an execution that somebody may redrive: %o', async (trigger) => {
    const world = await withAlarm();
    await world.before('prove');
    const before = await world.everything();
    expect(await world.step('open', delivered(trigger))).toMatchObject({ code: 'already-changing' });
    expect(await world.everything()).toEqual(before);
  });
});

describe('one stop of the primary', () => {
  it('that EC2 tells of twice, and monitors see too, opens one change', async () => {
    const world = await failover();
    const all = await Promise.all([
      world.step('open', delivered(event('i-1', 'stopping'), 'one')),
      world.step('open', { execution: 'orders-e2' }),
      world.step('open', delivered(event('i-1', 'stopped'), 'two')),
    ]);
    expect(all.map((each) => each.outcome).sort()).toEqual(['opened', 'refused', 'refused']);
    expect((await world.journalCodes()).filter((code) => code === 'opened')).toHaveLength(1);
  });
});
