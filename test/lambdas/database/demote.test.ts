import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../fakes/example-config.ts';
import { failover, type Failover } from '../failover.ts';

const revoked = async () => (await failover()).before('demote');
const lastEvidence = async (world: Failover) =>
  (await world.journal()).flatMap((event) => (event.code === 'fence-evidence' ? [event.evidence] : [])).at(-1);

describe('demote by SQL', () => {
  it('of a server that lives makes it read-only, ends its writers, and gives that as evidence', async () => {
    const world = await revoked();
    world.fleet.server('db-1').condition = 'up';
    expect(await world.step('demote')).toMatchObject({ outcome: 'demoted', readOnly: true, writersLeft: 0 });
    expect(world.fleet.server('db-1')).toMatchObject({ readOnly: true, writers: 0 });
    expect(await lastEvidence(world)).toEqual({
      kind: 'read-only',
      identity: '1',
      expectedIdentity: '1',
      readOnly: true,
      writersLeft: 0,
      bootsReadOnly: true,
    });
  });

  it('names whom it expected to meet, by the monitor that saw it last', async () => {
    const world = await revoked();
    world.fleet.server('db-1').condition = 'up';
    const nowMs = world.clock.now();
    await world.castVotes(
      ['a', { identity: null, seenAtMs: null }],
      ['b', { identity: '76', seenAtMs: nowMs - 9_000 }],
      ['c', { identity: '77', seenAtMs: nowMs - 4_000, atMs: nowMs - 1_000 }],
    );
    await world.step('demote');
    expect(await lastEvidence(world)).toMatchObject({ identity: '1', expectedIdentity: '77' });
  });

  it.each([
    ['down', 0],
    ['hung', 1_500],
    ['off', 1_500],
  ] as const)('of a server that is %s fails soon, and is no error: other fences go on', async (condition, withinMs) => {
    const world = await revoked();
    world.fleet.server('db-1').condition = condition;
    const startedAtMs = world.clock.now();
    expect(await world.step('demote')).toMatchObject({ outcome: 'failed' });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(withinMs);
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'fence-failed', what: 'demoting by SQL' }),
    );
    expect(await lastEvidence(world)).toMatchObject({ kind: 'acks-revoked' });
  });
});

describe('whether a demoted server boots read-only', () => {
  it.each([
    ['unknown', 'unknown', true, true],
    ['unknown', 'unknown', false, 'unknown'],
    ['unknown', false, true, false],
    [true, false, false, true],
    [false, true, true, false],
  ] as const)(
    'told by itself as %s, seen before as %s and declared as %s is taken as %s',
    async (told, seen, bootsReadOnly, taken) => {
      const world = await (await failover(exampleConfig({ bootsReadOnly }))).before('demote');
      Object.assign(world.fleet.server('db-1'), { condition: 'up', bootsReadOnly: told });
      await world.castVotes(['b', { bootsReadOnly: seen }], ['c', { bootsReadOnly: seen }]);
      await world.step('demote');
      expect(await lastEvidence(world)).toMatchObject({ kind: 'read-only', bootsReadOnly: taken });
    },
  );
});
