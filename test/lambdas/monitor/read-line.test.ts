import { beforeEach, describe, expect, it } from 'vitest';
import { keptConnection } from '../../../lambdas/monitor/kept-connection.ts';
import { readLine, type ReadLine } from '../../../lambdas/monitor/read-line.ts';
import { DatabaseError } from '../../../lib/core/errors.ts';
import { FakeWorld } from '../../fakes/fake-world.ts';
import { TARGET } from './watching.ts';

describe('what a monitor reads over', () => {
  let world: FakeWorld;
  let line: ReadLine;
  let ended: number;
  let asked: number;
  /** What was asked to be ended on the server, and by which session. */
  let endedReads: { readonly by: number; readonly sessions: readonly number[] }[];

  beforeEach(() => {
    world = new FakeWorld();
    ended = 0;
    asked = 0;
    endedReads = [];
    const connect = async () => {
      asked += 1;
      const server = await world.fleet.seenFrom('a').connect(TARGET);
      const endReads = async (sessions: readonly number[]) => {
        endedReads.push({ by: server.sessionId, sessions });
      };
      return { ...server, endReads };
    };
    line = readLine(keptConnection(connect, () => (ended += 1)));
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
    expect(await look()).toMatchObject({ ok: false, failure: 'refused' });
  });

  it('says nothing when it was closed on purpose', async () => {
    await look();
    await line.close();
    await world.clock.pass(0);
    expect(ended).toBe(0);
    expect(open()).toBe(0);
  });

  it('is opened anew after it failed', async () => {
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
    expect(await look()).toMatchObject({ ok: false, failure: 'timeout' });
    expect(open()).toBe(0);
  });

  it('says of a server that lets it in, and then gives no answer, that it is there', async () => {
    const silent = () => Promise.reject(new DatabaseError('timeout', 'no answer within 1000 ms'));
    expect(await line.use(silent)).toMatchObject({ ok: false, failure: 'unanswered' });
  });

  it('has the read that it gave up ended on the server once that lets it in again, and once only', async () => {
    await look();
    world.fleet.fail('db-1', 'hung');
    await look();
    await look();
    world.fleet.server('db-1').condition = 'up';
    await look();
    await look();
    expect(endedReads).toEqual([{ by: 2, sessions: [1] }]);
  });

  it('stays open when the server refuses a statement', async () => {
    const refused = await line.use(() => Promise.reject(new DatabaseError('sql', 'error 1064')));
    expect(refused).toEqual({ ok: false, failure: 'sql', detail: 'error 1064' });
    expect(open()).toBe(1);
  });

  it('says that it could not try when what failed was no database', async () => {
    expect(await line.use(() => Promise.reject(new Error('no such secret')))).toEqual({
      ok: false,
      failure: 'untried',
      detail: 'no such secret',
    });
  });

  it('does not pile up connections on a server that hangs', async () => {
    await look();
    world.fleet.fail('db-1', 'hung');
    for (let round = 0; round < 20; round += 1) {
      const startedAtMs = world.clock.now();
      // The kept connection hangs first; each new one is accepted, and then nothing comes.
      expect(await look()).toMatchObject({ ok: false, failure: round === 0 ? 'timeout' : 'unanswered' });
      expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(1_000);
      expect(open()).toBeLessThanOrEqual(1);
    }
  });
});
