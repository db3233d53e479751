import { describe, expect, it } from 'vitest';
import { exampleConfig, nodesInput } from '../../fakes/example-config.ts';
import { watched, type WatchedWorld } from './watching.ts';

/** Lets time pass until a failover is started, or a minute has passed; how long it took. */
async function untilStarted(world: WatchedWorld): Promise<number> {
  const sinceMs = world.clock.now();
  while (world.starts.length === 0 && world.clock.now() - sinceMs < 60_000) await world.clock.pass(10);
  return world.clock.now() - sinceMs;
}

async function startsWithinAMinute(world: WatchedWorld): Promise<readonly string[]> {
  await world.clock.pass(60_000);
  return world.starts;
}

describe('monitors of a healthy cluster', () => {
  it('register it, see it alive, and start nothing', async () => {
    const world = await watched();
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.record()).toMatchObject({ epoch: 1, primary: 'db-1', phase: 'steady' });
    expect(await world.verdicts()).toEqual({ a: 'alive', b: 'alive', c: 'alive' });
  });

  it('write to it: each beat is a commit', async () => {
    const world = await watched(undefined, ['a']);
    const before = world.fleet.server('db-1').executed.sequence;
    await world.clock.pass(10_000);
    expect(world.fleet.server('db-1').executed.sequence - before).toBe(10);
  });

  it('keep what a failover has to know of a primary that no longer answers', async () => {
    const world = await watched();
    world.fleet.fail('db-1', 'off');
    await untilStarted(world);
    for (const vote of await world.state.votes('orders')) {
      expect(vote).toMatchObject({ identity: '1', bootsReadOnly: true, semiSync: { enabled: true, requiredAcks: 1 } });
      expect(vote.executed).toMatch(/^0-1-1\d\d$/);
    }
  });

  it('each keep two connections to each server at most', async () => {
    const world = await watched();
    for (const condition of ['hung', 'off', 'up'] as const) {
      world.fleet.server('db-1').condition = condition;
      world.executions.run('orders-e2');
      for (let second = 0; second < 20; second += 1) {
        await world.clock.pass(1_000);
        for (const node of world.cluster.nodes) expect(world.fleet.connectionsOf('b', node.id)).toBeLessThanOrEqual(2);
      }
    }
  });
});

describe('[invariant 7] a failover is started', () => {
  it.each([
    // Kept connections end at once, so the first miss waits for no tick.
    ['dies', 'down', 2_100],
    // The first miss waits for the next tick, and each for its timeout; replicas are silent for the bound before.
    ['hangs', 'hung', 5_100],
    ['is lost with its host', 'off', 5_100],
  ] as const)('once, soon, when the primary %s', async (_, condition, withinMs) => {
    const world = await watched();
    world.fleet.fail('db-1', condition);
    expect(await untilStarted(world)).toBeLessThanOrEqual(withinMs);
    await world.clock.pass(20_000);
    expect(world.starts).toEqual(['orders-e2']);
    expect(world.executions.started[0]?.input).toEqual({
      cluster: 'orders',
      mode: 'failover',
      trigger: { kind: 'monitor', monitor: expect.stringMatching(/^[abc]$/), epoch: 1 },
    });
  });

  it.each(['a', 'b', 'c'])('when monitor %s is blind and the other two miss the primary', async (blind) => {
    const world = await watched();
    world.blind(blind);
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(10_000);
    expect(world.starts).toEqual(['orders-e2']);
  });

  it('when one monitor is lost and the other two miss the primary', async () => {
    const world = await watched();
    world.stopWatching('a');
    await world.clock.pass(5_000);
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(10_000);
    expect(world.starts).toEqual(['orders-e2']);
  });

  it('by monitors that start watching when the primary is dead already', async () => {
    const world = await watched(undefined, []);
    world.fleet.fail('db-1', 'down');
    for (const id of ['a', 'b', 'c']) world.watch(id);
    await world.clock.pass(10_000);
    expect(world.starts).toEqual(['orders-e2']);
  });
});

describe('a primary that answers and takes no write', () => {
  it('is failed over after the deadline, when its replicas hear it and could acknowledge', async () => {
    const world = await watched();
    world.fleet.server('db-1').diskStalls = true;
    const tookMs = await untilStarted(world);
    expect(tookMs).toBeGreaterThanOrEqual(30_000);
    expect(tookMs).toBeLessThanOrEqual(34_000);
    expect(await world.verdicts()).toMatchObject({ b: 'stalled', c: 'stalled' });
  });

  it('[invariant 7] is left alone while only one monitor finds it so', async () => {
    const world = await watched();
    world.stopWatching('b');
    world.stopWatching('c');
    world.fleet.server('db-1').diskStalls = true;
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.verdicts()).toMatchObject({ a: 'stalled' });
  });

  it('[invariant 7] is left alone when its disk goes on before the deadline', async () => {
    const world = await watched();
    world.fleet.server('db-1').diskStalls = true;
    await world.clock.pass(25_000);
    world.fleet.server('db-1').diskStalls = false;
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.verdicts()).toEqual({ a: 'alive', b: 'alive', c: 'alive' });
  });

  it('[invariant 7] is left alone where the policy says so, and people are told', async () => {
    const world = await watched(exampleConfig({ policy: { stalledWrites: 'alarm' } }));
    world.fleet.server('db-1').diskStalls = true;
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(world.log.join('\n')).toContain('problem left-alone in orders');
  });
});

describe('[invariant 7] no failover is started', () => {
  it.each(['a', 'b', 'c'])('when monitor %s alone loses sight of the primary', async (id) => {
    const world = await watched();
    world.fleet.cut(id, 'db-1');
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.verdicts()).toMatchObject({ [id]: 'dead' });
  });

  it('when one monitor is the only one left and the primary dies', async () => {
    const world = await watched();
    world.stopWatching('a');
    world.stopWatching('b');
    await world.clock.pass(10_000);
    world.fleet.fail('db-1', 'down');
    expect(await startsWithinAMinute(world)).toEqual([]);
  });

  it('when two are blind and the primary dies', async () => {
    const world = await watched();
    for (const id of ['a', 'c']) world.blind(id);
    world.fleet.fail('db-1', 'down');
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.verdicts()).toEqual({ a: 'blind', b: 'dead', c: 'blind' });
  });

  it('when all are blind', async () => {
    const world = await watched();
    for (const id of ['a', 'b', 'c']) world.blind(id);
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.verdicts()).toEqual({ a: 'blind', b: 'blind', c: 'blind' });
  });

  it('when all were blind and see the replicas again before they see the primary', async () => {
    const world = await watched();
    for (const id of ['a', 'b', 'c']) world.blind(id);
    world.fleet.fail('db-1', 'hung');
    await world.clock.pass(20_000);
    for (const id of ['a', 'b', 'c']) world.unblind(id);
    await world.clock.pass(1_500);
    world.fleet.server('db-1').condition = 'up';
    expect(await startsWithinAMinute(world)).toEqual([]);
  });

  it('when all lose sight of the primary, but its replicas hear it', async () => {
    const world = await watched();
    for (const id of ['a', 'b', 'c']) world.fleet.cut(id, 'db-1');
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.verdicts()).toEqual({ a: 'dead', b: 'dead', c: 'dead' });
  });

  it('when the record names a primary that the configuration does not have: people are told', async () => {
    const world = await watched();
    const read = world.state.read.bind(world.state);
    const readAll = world.state.readAll.bind(world.state);
    const stranger = <T extends { readonly primary: string }>(record: T) => ({ ...record, primary: 'db-9' });
    world.state.read = async (cluster) => stranger((await read(cluster))!);
    world.state.readAll = async (clusters) =>
      new Map([...(await readAll(clusters))].map(([id, record]) => [id, stranger(record)]));
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.verdicts()).toEqual({ a: 'blind', b: 'blind', c: 'blind' });
    expect(world.log.join('\n')).toContain('problem unknown-primary in orders');
  });

  it('when the primary pauses for a moment', async () => {
    const world = await watched();
    world.fleet.fail('db-1', 'hung');
    await world.clock.pass(1_500);
    world.fleet.server('db-1').condition = 'up';
    expect(await startsWithinAMinute(world)).toEqual([]);
  });

  it('when writes hang because nobody acknowledges them: another primary would fare no better', async () => {
    const world = await watched();
    for (const id of ['db-2', 'db-3']) world.fleet.server(id).receiverRuns = false;
    expect(await startsWithinAMinute(world)).toEqual([]);
    expect(await world.verdicts()).toEqual({ a: 'stalled', b: 'stalled', c: 'stalled' });
  });

  it.each(['halted', 'maintenance'] as const)('while the cluster is in phase %s', async (phase) => {
    const world = await watched();
    const opened = await world.state.open((await world.record())!, 'orders-e2');
    await world.state.halt({ cluster: 'orders', epoch: opened!.epoch, execution: 'orders-e2' });
    const read = world.state.read.bind(world.state);
    world.state.read = async (cluster) => ({ ...(await read(cluster))!, phase });
    world.fleet.fail('db-1', 'down');
    expect(await startsWithinAMinute(world)).toEqual([]);
  });
});

describe("when the primary's zone is cut off as a whole", () => {
  const cutOff = async () => {
    const world = await watched(
      exampleConfig({
        nodes: nodesInput((id) => ({ availabilityZone: id === 'db-3' ? 'eu-central-1b' : 'eu-central-1a' })),
      }),
    );
    for (const id of ['b', 'c']) for (const nodeId of ['db-1', 'db-2']) world.fleet.cut(id, nodeId);
    world.fleet.cut('a', 'db-3');
    world.fleet.server('db-3').receiverRuns = false;
    return world;
  };

  it('a failover is started, though a monitor and a replica inside see the primary alive', async () => {
    const world = await cutOff();
    expect(await untilStarted(world)).toBeLessThanOrEqual(5_100);
    expect(await world.verdicts()).toEqual({ a: 'alive', b: 'dead', c: 'dead' });
    expect(world.log).toContainEqual(
      expect.stringContaining('only inside eu-central-1a, which nobody outside reaches'),
    );
  });

  it('[invariant 7] none is started while one monitor outside still reaches a replica inside', async () => {
    const world = await cutOff();
    world.fleet.mend('c', 'db-2');
    expect(await startsWithinAMinute(world)).toEqual([]);
  });

  it('[invariant 7] nor while one monitor outside still sees the primary', async () => {
    const world = await cutOff();
    world.fleet.mend('c', 'db-1');
    expect(await startsWithinAMinute(world)).toEqual([]);
  });
});

describe('a change that runs', () => {
  const changing = async () => {
    const world = await watched();
    world.executions.run('orders-e2');
    const opened = await world.state.open((await world.record())!, 'orders-e2');
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(20_000);
    return { world, actor: { cluster: 'orders', epoch: opened!.epoch, execution: 'orders-e2' } };
  };

  it('is left alone', async () => {
    const { world } = await changing();
    expect(world.starts).toEqual([]);
  });

  it('[invariant 6] is looked into when its execution has ended without closing it', async () => {
    const { world } = await changing();
    world.executions.end('orders-e2');
    await world.clock.pass(40_000);
    expect(world.starts).toEqual(['orders-e3']);
  });

  it('[invariant 6] is looked into then although all is well: clients may still be led to the old primary', async () => {
    const { world, actor } = await changing();
    const server = world.fleet.server('db-2');
    server.promote(2, true);
    world.fleet.server('db-3').replicateFrom(server);
    await world.state.nominate(actor, { nodeId: 'db-2', bootsReadOnly: true });
    await world.state.recordPrimary(actor, {
      primary: 'db-2',
      fenced: 'db-1',
      promotedAt: '0-2-102',
      reopenedAtMs: null,
    });
    world.executions.end('orders-e2');
    await world.clock.pass(40_000);
    expect(await world.verdicts()).toEqual({ a: 'alive', b: 'alive', c: 'alive' });
    expect(world.starts).toEqual(['orders-e3']);
  });

  it('is left alone when its execution is redriven within half a minute of its end', async () => {
    const { world } = await changing();
    for (let round = 0; round < 3; round += 1) {
      world.executions.end('orders-e2');
      await world.clock.pass(20_000);
      world.executions.run('orders-e2');
      await world.clock.pass(20_000);
    }
    expect(world.starts).toEqual([]);
  });

  it('[invariant 7] leaves nothing that is held against the new primary: its first missed probe is the first', async () => {
    const { world, actor } = await changing();
    world.fleet.server('db-2').promote(2, true);
    world.fleet.fail('db-2', 'hung');
    await world.state.nominate(actor, { nodeId: 'db-2', bootsReadOnly: true });
    await world.state.recordPrimary(actor, {
      primary: 'db-2',
      fenced: 'db-1',
      promotedAt: '0-2-102',
      reopenedAtMs: null,
    });
    await world.clock.pass(2_100);
    const votes = await world.state.votes('orders');
    expect(votes.map((vote) => vote.primary)).toEqual(['db-2', 'db-2', 'db-2']);
    expect(votes.every((vote) => vote.verdict === 'suspect' && vote.failures <= 2)).toBe(true);
  });

  it('makes another server the primary, which is watched from then on, by a standing of its own', async () => {
    const { world, actor } = await changing();
    const server = world.fleet.server('db-2');
    server.promote(2, true);
    world.fleet.server('db-3').replicateFrom(server);
    await world.state.nominate(actor, { nodeId: 'db-2', bootsReadOnly: true });
    await world.state.recordPrimary(actor, {
      primary: 'db-2',
      fenced: 'db-1',
      promotedAt: '0-2-102',
      reopenedAtMs: null,
    });
    await world.state.close(actor, { route: 'vip', notBeforeMs: 0 });
    await world.clock.pass(10_000);
    expect(await world.verdicts()).toEqual({ a: 'alive', b: 'alive', c: 'alive' });
    expect((await world.state.votes('orders')).map((vote) => [vote.primary, vote.epoch, vote.identity])).toEqual(
      Array.from({ length: 3 }, () => ['db-2', 2, '2']),
    );
    expect(world.starts).toEqual([]);
  });
});

describe('an execution that ended without taking the lock', () => {
  it('is followed by one of another name, after a pause', async () => {
    const world = await watched();
    world.fleet.fail('db-1', 'down');
    await untilStarted(world);
    world.executions.end('orders-e2');
    await world.clock.pass(9_000);
    expect(world.starts).toEqual(['orders-e2']);
    // Until then the record is as it was: who redrives the execution is not put off.
    expect(await world.record()).toMatchObject({ attempt: 0, notBeforeMs: 0 });
    await world.clock.pass(5_000);
    expect(await world.record()).toMatchObject({ attempt: 1 });
    expect(world.starts).toEqual(['orders-e2', 'orders-e2-r1']);
  });
});

describe('what is wrong', () => {
  const problemsIn = (world: WatchedWorld) =>
    world.log.flatMap(
      (line) => /^\w: problem ([\w-]+) in orders(?: \(.*\))?(: | is seen no more: )/.exec(line)?.slice(1) ?? [],
    );

  it('is nothing while all is well, and then nobody reads the votes', async () => {
    const world = await watched();
    const votes = world.state.votes.bind(world.state);
    let asked = 0;
    world.state.votes = (cluster) => {
      asked += 1;
      return votes(cluster);
    };
    await world.clock.pass(20_000);
    expect(problemsIn(world)).toEqual([]);
    expect(asked).toBe(0);
  });

  it('is logged once when it appears, and once when it is gone', async () => {
    const world = await watched(undefined, ['a']);
    world.fleet.server('db-2').applierRuns = false;
    await world.clock.pass(10_000);
    world.fleet.server('db-2').applierRuns = true;
    await world.clock.pass(10_000);
    expect(world.log.filter((line) => line.includes('replica-broken'))).toEqual([
      'a: problem replica-broken in orders (priority 2): db-2 has stopped applying (by hand)',
      'a: problem replica-broken in orders is seen no more: db-2',
    ]);
  });

  it('is a hung primary, told from a lost one, once a new connection is accepted and not answered', async () => {
    const world = await watched(undefined, ['a']);
    world.fleet.fail('db-1', 'hung');
    await world.clock.pass(5_000);
    expect(problemsIn(world)).toContain('hung');
    const other = await watched(undefined, ['a']);
    other.fleet.fail('db-1', 'off');
    await other.clock.pass(5_000);
    expect(problemsIn(other)).not.toContain('hung');
  });

  it('is a stalled write where a failover would not help', async () => {
    const world = await watched(undefined, ['a']);
    for (const id of ['db-2', 'db-3']) world.fleet.server(id).receiverRuns = false;
    await world.clock.pass(5_000);
    expect(problemsIn(world)).toEqual(expect.arrayContaining(['stalled-writes', 'semi-sync-degraded']));
    expect(world.starts).toEqual([]);
  });

  it('is a server that is not the one that was first seen there', async () => {
    const world = await watched(undefined, ['a']);
    Object.assign(world.fleet.server('db-3'), { identity: '33' });
    await world.clock.pass(5_000);
    expect(world.log).toContain(
      'a: problem other-server in orders (priority 1): server 33 answers at db-3, where server 3 was: find out whether it was rebuilt',
    );
  });

  it('is not an old record: it is read again before a newer epoch on a server is held against it', async () => {
    const world = await watched(undefined, ['a']);
    const opened = await world.state.open((await world.record())!, 'orders-e2');
    await world.state.close(
      { cluster: 'orders', epoch: opened!.epoch, execution: 'orders-e2' },
      { route: 'vip', notBeforeMs: 0 },
    );
    for (const server of world.fleet.servers.values()) server.epoch = 2;
    await world.clock.pass(10_000);
    expect(problemsIn(world)).not.toContain('epoch-ahead');
    for (const server of world.fleet.servers.values()) server.epoch = 7;
    await world.clock.pass(10_000);
    expect(problemsIn(world)).toContain('epoch-ahead');
  });

  it('is what the failover was started for', async () => {
    const world = await watched();
    world.fleet.fail('db-1', 'down');
    await untilStarted(world);
    await world.clock.pass(0);
    expect(world.log).toContainEqual(
      expect.stringMatching(/^\w: started orders-e2: db-1 is dead: monitors .* miss db-1/),
    );
    expect(world.log).toContainEqual(expect.stringMatching(/^\w: problem dead in orders \(priority 1\): db-1 is dead/));
  });

  it('never keeps a verdict out of the log', async () => {
    const world = await watched();
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(5_000);
    expect(world.log).toContainEqual(expect.stringMatching(/^a: orders: db-1 is dead \(3 failures, refused\)$/));
  });
});

describe('settings of detection', () => {
  it('make it sooner', async () => {
    const world = await watched(exampleConfig({ detection: { intervalMs: 500, timeoutMs: 500, failures: 2 } }));
    world.fleet.fail('db-1', 'down');
    expect(await untilStarted(world)).toBeLessThanOrEqual(600);
  });
});
