import { beforeEach, describe, expect, it } from 'vitest';
import { keptConnection } from '../../../lambdas/monitor/kept-connection.ts';
import { writeLine, type Patience, type WriteLine } from '../../../lambdas/monitor/write-line.ts';
import { FakeWorld } from '../../fakes/fake-world.ts';
import { TARGET } from './watching.ts';

describe('what a monitor writes over', () => {
  let world: FakeWorld;
  let line: WriteLine;
  let sequence: number;

  beforeEach(() => {
    world = new FakeWorld();
    sequence = 0;
    line = lineWith({ overdueAfterMs: 1_000, roundMs: 1_000 });
  });

  const lineWith = (patience: Patience) =>
    writeLine(
      keptConnection(
        () => world.fleet.seenFrom('a').connect(TARGET),
        () => {},
      ),
      world.clock,
      patience,
    );
  const beat = () => {
    sequence += 1;
    return world.clock.run(line.beat({ monitor: 'a', epoch: 1, sequence, writtenAtMs: world.clock.now() }));
  };
  const open = () => world.fleet.connectionsOf('a', 'db-1');
  const primary = () => world.fleet.server('db-1');
  const acknowledge = (yes: boolean) => {
    for (const id of ['db-2', 'db-3']) world.fleet.server(id).receiverRuns = yes;
  };

  it('is opened when needed, and kept', async () => {
    expect(await beat()).toEqual({ ok: true });
    await beat();
    expect(open()).toBe(1);
  });

  it('keeps the one connection of a beat that hangs, sends no other, and does not wait for it twice', async () => {
    await beat();
    acknowledge(false);
    const { executed } = primary();
    const startedAtMs = world.clock.now();
    for (let round = 0; round < 20; round += 1) {
      expect(await beat()).toMatchObject({ ok: false, failure: 'timeout' });
      expect(open()).toBe(1);
    }
    expect(world.clock.now() - startedAtMs).toBe(1_000);
    expect(primary().executed.sequence).toBe(executed.sequence + 1);
  });

  it('goes on over the kept connection when the beat is answered at last', async () => {
    await beat();
    acknowledge(false);
    await beat();
    const session = line.overdueSession;
    expect(session).not.toBeNull();
    acknowledge(true);
    await world.clock.pass(200);
    expect(line.overdueSession).toBeNull();
    expect(await beat()).toEqual({ ok: true });
    expect(open()).toBe(1);
  });

  it('makes a new connection when the one of an overdue beat ends', async () => {
    await beat();
    world.fleet.fail('db-1', 'hung');
    expect(await beat()).toMatchObject({ failure: 'timeout' });
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(200);
    expect(await beat()).toMatchObject({ failure: 'refused' });
    primary().condition = 'up';
    expect(await beat()).toEqual({ ok: true });
    expect(open()).toBe(1);
  });

  it('makes a new connection when it is told that the server is not at work on the overdue beat', async () => {
    await beat();
    world.fleet.cut('a', 'db-1');
    await beat();
    const session = line.overdueSession;
    world.fleet.mend('a', 'db-1');
    await line.giveUp(session!);
    expect(open()).toBe(0);
    expect(await beat()).toEqual({ ok: true });
    expect(line.overdueSession).toBeNull();
  });

  it('does not give up another session than the one that is overdue', async () => {
    await beat();
    acknowledge(false);
    await beat();
    await line.giveUp(line.overdueSession! + 1);
    expect(open()).toBe(1);
    expect(line.overdueSession).not.toBeNull();
  });

  it('says of a server that lets it in, and then does not end the first beat, that it is there', async () => {
    acknowledge(false);
    expect(await beat()).toMatchObject({ failure: 'unanswered' });
    expect(await beat()).toMatchObject({ failure: 'timeout' });
  });

  it('stays open on a server that is read-only', async () => {
    primary().readOnly = true;
    expect(await beat()).toMatchObject({ failure: 'read-only' });
    expect(open()).toBe(1);
  });

  it('lets rounds go on, with the outcome of before, while a beat may take longer than a round', async () => {
    line = lineWith({ overdueAfterMs: 3_000, roundMs: 1_000 });
    expect(await beat()).toEqual({ ok: true });
    acknowledge(false);
    const startedAtMs = world.clock.now();
    expect(await beat()).toEqual({ ok: true });
    expect(world.clock.now() - startedAtMs).toBe(1_000);
    expect(await beat()).toEqual({ ok: true });
    await world.clock.pass(2_000);
    expect(await beat()).toMatchObject({ failure: 'timeout' });
    expect(open()).toBe(1);
  });
});
