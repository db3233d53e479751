import { beforeEach, describe, expect, it } from 'vitest';
import { keptLine, type Line } from '../../../lambdas/monitor/line.ts';
import { DatabaseError } from '../../../lib/core/errors.ts';
import { FakeWorld } from '../../fakes/fake-world.ts';

describe('a kept line', () => {
  let world: FakeWorld;
  let line: Line;
  let ended: number;
  let asked: number;

  beforeEach(() => {
    world = new FakeWorld();
    ended = 0;
    asked = 0;
    const target = () => {
      asked += 1;
      return Promise.resolve({
        nodeId: 'db-1',
        engine: 'mariadb' as const,
        host: '10.0.1.11',
        port: 3306,
        credentials: { username: 'monitor', password: 'monitor' },
        timeoutMs: 1_000,
      });
    };
    line = keptLine(world.fleet.seenFrom('a'), target, () => (ended += 1));
  });

  const look = () => world.clock.run(line.use((server) => server.observe()));
  const open = () => world.fleet.connectionsOf('a', 'db-1');

  it('is opened when needed, and kept', async () => {
    expect(open()).toBe(0);
    expect(await look()).toMatchObject({ ok: true, value: { identity: '1' } });
    await look();
    expect(open()).toBe(1);
    expect(asked).toBe(1);
  });

  it('says at once when a connection that worked has ended by itself', async () => {
    await look();
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(0);
    expect(ended).toBe(1);
    expect(await look()).toEqual({ ok: false, failure: 'refused' });
  });

  it('says nothing when it was closed on purpose', async () => {
    await look();
    await line.close();
    await world.clock.pass(0);
    expect(ended).toBe(0);
    expect(open()).toBe(0);
  });

  it('is opened anew, with credentials asked anew, after it failed', async () => {
    await look();
    world.fleet.fail('db-1', 'down');
    await look();
    world.fleet.server('db-1').condition = 'up';
    expect(await look()).toMatchObject({ ok: true });
    expect(asked).toBe(2);
    expect(open()).toBe(1);
  });

  it('drops a connection on which no answer came: a late one would be taken for the next', async () => {
    await look();
    world.fleet.fail('db-1', 'hung');
    expect(await look()).toEqual({ ok: false, failure: 'timeout' });
    expect(open()).toBe(0);
  });

  it('stays open when the server refuses a statement', async () => {
    const refused = await line.use(() => Promise.reject(new DatabaseError('sql', 'error 1290')));
    expect(refused).toEqual({ ok: false, failure: 'sql' });
    expect(open()).toBe(1);
  });

  it('says that it could not try when what failed was no database', async () => {
    expect(await line.use(() => Promise.reject(new Error('no such secret')))).toEqual({
      ok: false,
      failure: 'untried',
    });
  });

  it('does not pile up connections on a server that hangs', async () => {
    await look();
    world.fleet.fail('db-1', 'hung');
    for (let round = 0; round < 20; round += 1) {
      const startedAtMs = world.clock.now();
      // The kept connection hangs first; each new one is accepted, and then nothing comes.
      expect(await look()).toEqual({ ok: false, failure: round === 0 ? 'timeout' : 'unanswered' });
      expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(1_000);
      expect(open()).toBeLessThanOrEqual(1);
    }
  });
});
