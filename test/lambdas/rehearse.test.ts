import { describe, expect, it } from 'vitest';
import { rehearse as askServers, type DatabaseRehearsalContext } from '../../lambdas/database/rehearse.ts';
import { rehearse as askFence, type FenceRehearsalContext } from '../../lambdas/fence/rehearse.ts';
import { gatherRehearsal } from '../../lambdas/network/gather-rehearsal.ts';
import { rehearse as askRoute, type NetworkRehearsalContext } from '../../lambdas/network/rehearse.ts';
import type { Rehearsed } from '../../lambdas/rehearse.ts';
import { CloudError } from '../../lib/core/errors.ts';
import type { FenceRehearsal, RouteRehearsal } from '../../lib/ports/rehearsal.ts';
import { exampleConfig } from '../fakes/example-config.ts';
import { fakeFenceRehearsal, fakeInspector, fakeRouteRehearsal, MemoryRehearsals } from '../fakes/fake-rehearsal.ts';
import { FakeWorld } from '../fakes/fake-world.ts';

/** A world with all that a rehearsal needs, in which all is well. */
class Stage extends FakeWorld {
  readonly rehearsals = new MemoryRehearsals();
  /** Values given to the metric. */
  readonly counted: number[] = [];
  fence: FenceRehearsal = fakeFenceRehearsal(this);
  route: RouteRehearsal = fakeRouteRehearsal(this);

  get database(): DatabaseRehearsalContext {
    return { ...this.databaseContext, inspector: fakeInspector(this) };
  }

  get networkOfRehearsal(): NetworkRehearsalContext {
    return {
      ...this.networkContext,
      rehearsal: this.route,
      rehearsals: this.rehearsals,
      recordRehearsal: (failures) => this.counted.push(failures),
      log: (line) => this.log.push(line),
    };
  }

  get fenceOfRehearsal(): FenceRehearsalContext {
    return { ...this.fenceContext, rehearsal: this.fence };
  }

  /** What the three functions find, by name. */
  async ask(input: object = {}): Promise<Readonly<Record<'database' | 'network' | 'fence', Rehearsed>>> {
    const all = [
      askServers(input, this.database),
      askRoute(input, this.networkOfRehearsal),
      askFence(input, this.fenceOfRehearsal),
    ];
    const [database, network, fence] = (await this.clock.run(Promise.all(all))) as [Rehearsed, Rehearsed, Rehearsed];
    return { database, network, fence };
  }

  /** The whole of it, as the state machine does. */
  async rehearse(replaced: Readonly<Record<string, unknown>> = {}) {
    const asked = { ...(await this.ask()), ...replaced };
    const parts = Object.entries(asked).map(([part, rehearsed]) => ({ part, rehearsed }));
    const input = { cluster: '', atMs: this.clock.now(), parts };
    return this.clock.run(gatherRehearsal(input, this.networkOfRehearsal));
  }

  async codes(): Promise<readonly string[]> {
    return Object.values(await this.ask()).flatMap(({ findings }) => findings.map(({ code }) => code));
  }
}

async function stage(): Promise<Stage> {
  const world = new Stage();
  await world.state.register('orders', 'db-1');
  return world;
}

const UNVERIFIABLE = ['receiver-start-unverifiable', 'address-move-unverifiable'];

describe('a rehearsal', () => {
  it('finds nothing where all is well but what nobody can verify, and changes nothing', async () => {
    const world = await stage();
    const before = await world.everything();
    expect(await world.codes()).toEqual(UNVERIFIABLE);
    expect(await world.everything()).toEqual(before);
  });

  it('changes nothing where much is broken, either', async () => {
    const world = await stage();
    world.fleet.fail('db-2', 'off');
    world.fleet.server('db-3').applierRuns = false;
    world.network.failing.add('interface').add('interfacesOf');
    const before = await world.everything();
    expect(await world.codes()).toEqual(
      expect.arrayContaining([
        'nobody-electable',
        'not-electable',
        'server-unreachable',
        'interface-unreadable',
        'instance-unreadable',
      ]),
    );
    expect(await world.everything()).toEqual(before);
  });

  it('works before there is a record, by the word of the configuration', async () => {
    expect(await new Stage().codes()).toEqual(UNVERIFIABLE);
  });

  it('leaves a cluster alone that is being changed, or looked after by people', async () => {
    const world = await stage();
    await world.state.open((await world.record())!, 'orders-e2');
    for (const { clusters, findings } of Object.values(await world.ask())) {
      expect({ clusters, findings }).toEqual({ clusters: [], findings: [] });
    }
  });

  it('forgets what it saw of a cluster that a change began to change meanwhile', async () => {
    const world = await stage();
    const well = world.route;
    world.route = {
      ...world.route,
      record: async (...args) => {
        await world.state.open((await world.record())!, 'orders-e2');
        return well.record(...args);
      },
    };
    expect((await world.ask()).network.clusters).toEqual([]);
  });

  it('takes one cluster by name, and refuses a name that nobody configured', async () => {
    const world = await stage();
    expect((await world.ask({ cluster: 'orders' })).fence.clusters).toEqual(['orders']);
    await expect(world.ask({ cluster: 'billing' })).rejects.toThrow('cluster: received "billing"; use one of orders');
  });

  it('asks for each secret anew: what is kept from earlier would hide that it is gone', async () => {
    const world = await stage();
    const asked: unknown[] = [];
    const secrets: DatabaseRehearsalContext['secrets'] = {
      credentials: (id, options) => {
        asked.push(options?.fresh);
        return world.database.secrets.credentials(id);
      },
    };
    await world.clock.run(askServers({}, { ...world.database, secrets }));
    expect(asked).toEqual([true, true, true]);
  });

  it('says of a cluster whose turn did not come in time that it was not rehearsed', async () => {
    const config = exampleConfig();
    const [orders] = config.clusters;
    const world = new Stage({ ...config, clusters: [orders!, { ...orders!, id: 'billing' }] });
    world.fence = fakeFenceRehearsal(world, {
      group: async () => {
        await world.clock.sleep(50_000);
        return { vpcId: 'vpc-1', ingressRules: 0 };
      },
    });
    const { fence } = await world.ask();
    expect(fence.clusters).toEqual(['orders', 'billing']);
    expect(fence.findings).toEqual([expect.objectContaining({ cluster: 'billing', code: 'not-rehearsed' })]);
  });
});

describe('what is gathered', () => {
  it('is stored, counted and logged, and people are told once as long as the list stays the same', async () => {
    const world = await stage();
    world.fence = fakeFenceRehearsal(world, { isStopProtected: async () => true });
    expect(await world.rehearse()).toEqual({ outcome: 'would-fail', failures: 3, rehearsed: ['orders'] });
    await world.rehearse();
    expect(world.counted).toEqual([3, 3]);
    expect(world.notifier.told).toHaveLength(1);
    expect(world.notifier.told[0]?.subject).toBe('orders: a failover would fail');
    expect(world.notifier.told[0]?.message).toContain('- FAILS: i-1 has stop protection; turn off');
    expect(world.log.filter((line) => line.includes('stop-protected, db-1'))).toHaveLength(2);
    expect(world.rehearsals.results.get('orders')).toMatchObject({ atMs: world.clock.now() });

    world.fence = fakeFenceRehearsal(world);
    expect(await world.rehearse()).toMatchObject({ outcome: 'all-well', failures: 0 });
    expect(world.notifier.told[1]).toEqual({
      subject: 'orders: a failover would work, by its rehearsal',
      message: 'Nothing is found any more.',
    });
    await world.rehearse();
    expect(world.notifier.told).toHaveLength(2);
    expect(world.counted).toEqual([3, 3, 0, 0]);
  });

  it('is told again when people could not be told the first time', async () => {
    const world = await stage();
    world.fence = fakeFenceRehearsal(world, { isStopProtected: async () => true });
    world.notifier.isFailing = true;
    await world.rehearse();
    expect(world.rehearsals.results.get('orders')?.told).toEqual([]);
    world.notifier.isFailing = false;
    await world.rehearse();
    expect(world.notifier.told).toHaveLength(1);
  });

  it('never tells anybody of what nobody can verify', async () => {
    const world = await stage();
    await world.rehearse();
    expect(world.notifier.told).toEqual([]);
    expect(
      world.rehearsals.results
        .get('orders')
        ?.findings.map(({ code }) => code)
        .sort(),
    ).toEqual([...UNVERIFIABLE].sort());
  });

  it('holds a finding for a function that failed, with what Lambda said of it', async () => {
    const world = await stage();
    const fence = { outcome: 'failed', because: 'Sandbox.Timedout: 60 s' };
    expect(await world.rehearse({ fence })).toMatchObject({ failures: 1 });
    expect(world.rehearsals.results.get('orders')?.findings[0]).toMatchObject({
      code: 'not-rehearsed',
      subject: 'fence function',
      sentence: expect.stringContaining('Sandbox.Timedout: 60 s'),
    });
  });

  it('leaves the earlier result of a cluster that one function has left alone', async () => {
    const world = await stage();
    const database = { outcome: 'rehearsed', clusters: [], findings: [] };
    expect(await world.rehearse({ database })).toMatchObject({ rehearsed: [] });
    expect(world.rehearsals.results.size).toBe(0);
  });

  it('is a finding, too, that a part of the look threw', async () => {
    const world = await stage();
    const state = { ...world.state, read: () => Promise.reject(new CloudError('the table is gone')) };
    const { findings } = (await world.clock.run(askFence({}, { ...world.fenceOfRehearsal, state }))) as Rehearsed;
    expect(findings).toEqual([
      expect.objectContaining({ code: 'not-rehearsed', sentence: expect.stringContaining('the table is gone') }),
    ]);
  });
});
