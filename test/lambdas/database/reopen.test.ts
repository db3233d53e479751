import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../../lib/core/errors.ts';
import { tellStory } from '../../../lib/core/story/tell-story.ts';
import { exampleConfig } from '../../fakes/example-config.ts';
import { plan, reopen, restart, restarted } from '../reopening.ts';

describe('a primary whose server was started again', () => {
  it('is reopened under a new epoch: nobody is promoted in its place, stopped, isolated or repointed', async () => {
    const world = await restarted();
    expect(world.starts).toEqual(['orders-e2']);
    await reopen(world);
    expect(await world.record()).toMatchObject({
      epoch: 2,
      primary: 'db-1',
      phase: 'steady',
      holder: null,
      nominee: null,
      fenced: {},
    });
    expect(world.effects).toEqual(['db-1 promoted under epoch 2']);
    expect(world.fleet.server('db-1')).toMatchObject({ readOnly: false, semiSync: true, epoch: 2 });
  });

  it('is alive again to every monitor, which start nothing more', async () => {
    const world = await restarted();
    await reopen(world);
    await world.clock.pass(20_000);
    expect(await world.verdicts()).toEqual({ a: 'alive', b: 'alive', c: 'alive' });
    expect(world.starts).toEqual(['orders-e2']);
  });

  it('begins no cooldown: a death that follows is failed over at once', async () => {
    const world = await restarted();
    await reopen(world);
    await world.clock.pass(5_000);
    world.fleet.fail('db-1', 'off');
    await world.clock.pass(10_000);
    expect(world.starts).toEqual(['orders-e2', 'orders-e3']);
  });

  it('is replaced when it was reopened within the cooldown already', async () => {
    const world = await restarted();
    await reopen(world);
    await world.clock.pass(10_000);
    await restart(world);
    expect(await plan(world)).toBe('planned');
  });

  it('[invariant 8] leaves a journal that tells it', async () => {
    const world = await restarted();
    await reopen(world);
    expect(await world.journalCodes()).toEqual([
      'opened',
      'confirmed',
      'reopening',
      'fence-evidence',
      'fence-proven',
      'promoted',
      'route-verified',
      'closed',
    ]);
    const story = tellStory(await world.journal());
    expect(story).toMatchObject({ headline: 'reopened db-1, whose server was started again', advice: [] });
    expect(world.notifier.told.at(-1)?.subject).toBe('orders: reopened db-1, whose server was restarted');
  });
});

describe('reopen', () => {
  it('may be run twice', async () => {
    const world = await restarted();
    await plan(world);
    const first = await world.stepOf('reopen');
    const after = await world.standing();
    expect(await world.stepOf('reopen')).toEqual(first);
    expect({ ...(await world.standing()), record: null }).toEqual({ ...after, record: null });
  });

  it('[invariant 1] opens nobody without a plan to do so', async () => {
    const world = await restarted();
    await world.stepOf('open');
    await expect(world.stepOf('reopen')).rejects.toThrow('did not plan to reopen db-1');
    expect(world.effects).toEqual([]);
  });

  it('[invariant 1] opens no other server than the one that was the primary', async () => {
    const world = await restarted();
    await plan(world);
    Object.assign(world.fleet.server('db-1'), { identity: '9' });
    await expect(world.stepOf('reopen')).rejects.toThrow('server 9 answered where 1 was expected');
    expect(world.effects).toEqual([]);
  });

  it('[invariant 1] promotes nobody else by its proof', async () => {
    const world = await restarted();
    await plan(world);
    await world.stepOf('reopen');
    await expect(world.stepOf('promote', { candidate: 'db-2' })).rejects.toThrow('nothing is promoted');
  });
});

describe('[invariant 1] when reopening broke off half-way', () => {
  /** Nominated, and nobody knows whether its statements still arrive. */
  const brokenOff = async () => {
    const world = await restarted();
    await plan(world);
    const server = world.fleet.server('db-1');
    const promote = server.promote.bind(server);
    server.promote = () => {
      throw new DatabaseError('cut', 'db-1 went away');
    };
    await expect(world.stepOf('reopen')).rejects.toThrow('went away');
    server.promote = promote;
    await world.stepOf('stand-down', { because: 'db-1 went away' });
    expect(world.notifier.told.at(-1)?.subject).toBe(
      'orders: stood down while db-1 was being reopened, which may take writes by now',
    );
    world.executions.end('orders-e2');
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(20_000);
    expect(world.starts.at(-1)).toBe('orders-e3');
    expect(await plan(world)).toBe('planned');
    return world;
  };

  it('nothing proves the fence of the old primary but its instance, stopped', async () => {
    const world = await brokenOff();
    await world.stepOf('revoke-acks');
    await world.clock.pass(5_000);
    await expect(world.stepOf('prove')).rejects.toThrow('there is no evidence yet');
    await world.stepOf('stop-instance');
    await world.clock.pass(60_000);
    await world.stepOf('check-instance');
    expect(await world.stepOf('prove')).toMatchObject({ outcome: 'proven', proof: 'instance-stopped' });
  });

  it('another is promoted then, and the nominee of before is forgotten', async () => {
    const world = await brokenOff();
    await world.stepOf('revoke-acks');
    await world.stepOf('stop-instance');
    await world.clock.pass(60_000);
    await world.stepOf('check-instance');
    await world.stepOf('prove');
    await world.stepOf('settle');
    await world.stepOf('promote');
    expect(await world.record()).toMatchObject({ primary: 'db-2', nominee: null, fenced: { 'db-1': 3 } });
  });
});

describe('[invariant 7] nothing is reopened', () => {
  it('when one monitor alone saw the restart', async () => {
    const world = await restarted();
    await world.stepOf('open');
    world.stopWatching('a');
    world.stopWatching('b');
    await world.clock.pass(20_000);
    expect(await world.stepOf('confirm')).toMatchObject({ outcome: 'not-confirmed' });
  });

  it('when the policy leaves it to people: they are told', async () => {
    const world = await restarted(exampleConfig({ policy: { restart: 'alarm' } }));
    expect(world.starts).toEqual([]);
    expect(world.log.join('\n')).toContain('problem left-alone in orders');
    expect(world.effects).toEqual([]);
  });

  it('when somebody made the primary read-only by hand', async () => {
    const world = await restarted();
    await reopen(world);
    await world.clock.pass(5_000);
    world.fleet.server('db-1').demote();
    await world.clock.pass(60_000);
    expect(world.starts).toEqual(['orders-e2']);
  });
});
