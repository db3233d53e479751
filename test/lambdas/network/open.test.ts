import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../fakes/example-config.ts';
import { Failover, failover } from '../failover.ts';

const OPERATOR = { kind: 'operator', name: 'ann', reason: 'db-1 smells' };

/** The cluster after a change under epoch 2 that ended as it should not. */
async function abandoned(): Promise<Failover> {
  const world = await failover();
  world.executions.run('orders-e2');
  await world.step('open');
  world.executions.end('orders-e2');
  return world;
}
const next = { execution: 'orders-e3', trigger: { kind: 'monitor', monitor: 'b', epoch: 2 } };

describe('open', () => {
  it('takes the lock for the next epoch and says what it is about', async () => {
    const world = await failover();
    expect(await world.step('open', { trigger: OPERATOR })).toEqual({
      outcome: 'opened',
      cluster: 'orders',
      epoch: 2,
      oldPrimary: 'db-1',
      instanceStateCode: 16,
      force: false,
    });
    expect(await world.record()).toMatchObject({ epoch: 2, phase: 'changing', holder: 'orders-e2', primary: 'db-1' });
  });

  it('[invariant 8] journals who asked for the change, and why', async () => {
    const world = await failover();
    await world.step('open', { trigger: OPERATOR });
    expect(await world.journal()).toEqual([
      expect.objectContaining({
        code: 'opened',
        mode: 'failover',
        trigger: OPERATOR,
        oldPrimary: 'db-1',
        instanceState: 'running',
        force: false,
        dismissed: null,
      }),
    ]);
  });

  it('registers a cluster that nobody has seen yet, with its initial primary', async () => {
    const world = new Failover();
    expect(await world.step('open')).toMatchObject({ outcome: 'opened', epoch: 2, oldPrimary: 'db-1' });
  });

  it('again by the same execution answers the same, whatever has happened to the cluster since', async () => {
    const world = await failover();
    const first = await world.step('open');
    expect(await world.step('open')).toEqual(first);
    expect(await world.record()).toMatchObject({ epoch: 2, holder: 'orders-e2' });
  });
});

describe('open knows its cluster among several', () => {
  const config = exampleConfig();
  const two = { ...config, clusters: [...config.clusters, { ...config.clusters[0]!, id: 'billing' }] };

  it('and opens it', async () => {
    const world = await failover(two);
    expect(await world.step('open')).toMatchObject({ outcome: 'opened' });
  });

  it('and names them all when it is none of them', async () => {
    const world = await failover(two);
    expect(await world.step('open', { cluster: 'moon' })).toMatchObject({
      code: 'unknown-cluster',
      because: 'cluster: received "moon"; use one of orders, billing',
    });
  });
});

describe('open says whom it refuses', () => {
  it.each([
    [{ force: true }, 'force: received true with a trigger of kind monitor; only an operator may ask for it'],
    [{ dismiss: 'db-2' }, 'dismiss: received "db-2" with a trigger of kind monitor; only an operator may ask for it'],
  ])('%o', async (asked, because) => {
    const world = await failover();
    expect((await world.step('open', asked))['because']).toBe(because);
  });
});

describe('open does not wait for EC2', () => {
  it.each(['failing', 'slow'] as const)('when it is %s', async (how) => {
    const world = await failover();
    if (how === 'failing') world.network.failing.add('instance');
    else world.network.slow.set('instance', 60_000);
    const startedAtMs = world.clock.now();
    const answer = await world.step('open', { trigger: OPERATOR });
    expect(answer).toMatchObject({ outcome: 'opened', instanceStateCode: -1 });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(500);
    const instanceState = how === 'failing' ? 'unknown: instance failed' : 'unknown';
    expect(await world.journal()).toContainEqual(expect.objectContaining({ code: 'opened', instanceState }));
  });

  it('at all when monitors have agreed', async () => {
    const world = await failover();
    world.network.slow.set('instance', 60_000);
    const startedAtMs = world.clock.now();
    expect(await world.step('open')).toMatchObject({ outcome: 'opened', instanceStateCode: -1 });
    expect(world.clock.now()).toBe(startedAtMs);
    expect(await world.journal()).toContainEqual(expect.objectContaining({ instanceState: 'not asked' }));
  });
});

describe('[invariant 2] open is refused, and changes nothing', () => {
  it.each<[string, string, Readonly<Record<string, unknown>>, (world: Failover) => Promise<unknown> | void]>([
    ['for a cluster that is not configured', 'unknown-cluster', { cluster: 'billing' }, () => {}],
    ['in a mode that there is not', 'unknown-mode', { mode: 'switchover' }, () => {}],
    [
      'while another execution runs',
      'already-changing',
      next,
      async (world) => {
        world.executions.run('orders-e2');
        await world.step('open');
      },
    ],
    [
      'while another execution runs, by force too',
      'already-changing',
      { ...next, trigger: OPERATOR, force: true },
      async (world) => {
        world.executions.run('orders-e2');
        await world.step('open');
      },
    ],
    ['to a monitor that would force it', 'needs-an-operator', { ...next, force: true }, () => {}],
    ['to a monitor that would dismiss a nominee', 'needs-an-operator', { ...next, dismiss: 'db-2' }, () => {}],
    [
      'to an operator who dismisses somebody that is not nominated',
      'not-the-nominee',
      { trigger: OPERATOR, force: true, dismiss: 'db-3' },
      () => {},
    ],
    [
      'to an execution that has ended its change already, whoever asks',
      'already-ended',
      { trigger: OPERATOR, force: true },
      async (world) => {
        await world.step('open');
        await world.step('halt');
      },
    ],
    ['to a monitor that saw another epoch', 'stale-trigger', { trigger: { ...next.trigger, epoch: 7 } }, () => {}],
    [
      'to a monitor while the cluster cools down',
      'not-now',
      { ...next, execution: 'orders-e3' },
      async (world) => {
        await world.before('close');
        await world.step('close');
      },
    ],
    [
      'to a monitor after a change that halted',
      'not-now',
      next,
      async (world) => {
        await world.step('open');
        await world.step('halt');
      },
    ],
    [
      'to an operator after a change that halted',
      'halted',
      { ...next, trigger: OPERATOR },
      async (world) => {
        await world.step('open');
        await world.step('halt');
      },
    ],
  ])('%s', async (_, code, changes, prepare) => {
    const world = await failover();
    await prepare(world);
    const before = await world.everything();
    const answer = await world.step('open', changes);
    expect(answer).toMatchObject({
      outcome: 'refused',
      code,
      epoch: 0,
      oldPrimary: '',
      instanceStateCode: -1,
      force: false,
    });
    expect(answer['because']).not.toBe('');
    expect(await world.everything()).toEqual(before);
  });

  it('when another was first', async () => {
    const world = await failover();
    const late = world.databaseContext.state;
    const open = late.open.bind(late);
    late.open = async (seen) => {
      await open(seen, 'orders-e2-first');
      return null;
    };
    expect(await world.step('open')).toMatchObject({ outcome: 'refused', code: 'lost-the-race' });
    expect(await world.record()).toMatchObject({ epoch: 2, holder: 'orders-e2-first' });
  });
});

describe('an operator', () => {
  it('may change a cluster that cools down', async () => {
    const world = await (await failover()).before('close');
    await world.step('close');
    expect(await world.step('open', { ...next, trigger: OPERATOR })).toMatchObject({ outcome: 'opened', epoch: 3 });
  });

  it('may dismiss the nominee of a change that broke off, and the journal says so', async () => {
    const world = await (await failover()).before('promote');
    await world.step('halt');
    expect(await world.record()).toMatchObject({ phase: 'halted', nominee: { nodeId: 'db-2', epoch: 2 } });
    await world.step('open', { ...next, trigger: OPERATOR, force: true, dismiss: 'db-2' });
    expect(await world.record()).toMatchObject({ phase: 'changing', nominee: null });
    expect(await world.journal(3)).toContainEqual(expect.objectContaining({ force: true, dismissed: 'db-2' }));
  });

  it('[invariant 1] keeps the nominee of a change that broke off when nobody dismisses it', async () => {
    const world = await (await failover()).before('promote');
    await world.step('halt');
    await world.step('open', { ...next, trigger: OPERATOR, force: true });
    expect(await world.record()).toMatchObject({ phase: 'changing', epoch: 3, nominee: { nodeId: 'db-2', epoch: 2 } });
  });

  it('is told that there is nobody to dismiss', async () => {
    const world = await failover();
    const answer = await world.step('open', { trigger: OPERATOR, force: true, dismiss: 'db-3' });
    expect(answer['because']).toBe('dismiss: received "db-3"; leave it out, as nobody is nominated');
  });

  it('may not change a cluster in maintenance, unless by force', async () => {
    const world = await failover();
    const state = (await world.record())!;
    world.state.register = async () => ({ ...state, phase: 'maintenance' });
    expect(await world.step('open', { trigger: OPERATOR })).toMatchObject({
      code: 'maintenance',
      because: 'cluster orders is in phase maintenance; start with "force": true to change it all the same',
    });
  });

  it('is told whom to name when it is another', async () => {
    const world = await (await failover()).before('promote');
    await world.step('halt');
    const answer = await world.step('open', { ...next, trigger: OPERATOR, force: true, dismiss: 'db-3' });
    expect(answer['because']).toBe('dismiss: received "db-3"; the nominee is db-2');
  });

  it('may change a halted cluster by force, and it is said on', async () => {
    const world = await failover();
    await world.step('open');
    await world.step('halt');
    const answer = await world.step('open', { ...next, trigger: OPERATOR, force: true });
    expect(answer).toMatchObject({ outcome: 'opened', epoch: 3, force: true });
  });
});

describe('[invariant 6] a change whose execution ended without closing it', () => {
  it('is not taken over: the cluster halts, and a person is told what is known', async () => {
    const world = await abandoned();
    const answer = await world.step('open', next);
    expect(answer).toMatchObject({ outcome: 'refused', code: 'unfinished-change' });
    expect(await world.record()).toMatchObject({ epoch: 2, phase: 'halted', holder: null });
    expect(world.notifier.told).toEqual([
      {
        subject: 'orders: halted, an earlier change is unfinished',
        message: expect.stringContaining('orders-e2 ended'),
      },
    ]);
    expect(await world.journal()).toEqual([
      expect.objectContaining({ code: 'opened' }),
      expect.objectContaining({ code: 'halted', at: 'UnfinishedChange' }),
    ]);
  });

  it('is not taken over by force either; the force that comes after the halt is', async () => {
    const world = await abandoned();
    const forced = { ...next, trigger: OPERATOR, force: true };
    expect(await world.step('open', forced)).toMatchObject({ code: 'unfinished-change' });
    expect(await world.step('open', { ...forced, execution: 'orders-e3-r1' })).toMatchObject({ outcome: 'opened' });
  });

  it('halts the cluster even when nobody can be told', async () => {
    const world = await abandoned();
    world.notifier.isFailing = true;
    await world.step('open', next);
    expect(await world.record()).toMatchObject({ phase: 'halted' });
  });
});
