import { describe, expect, it } from 'vitest';
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
    });
  });

  it('names whom it expected to meet, by the newest vote that knows', async () => {
    const world = await revoked();
    world.fleet.server('db-1').condition = 'up';
    await world.castVotes(['b', { identity: null }], ['c', { identity: '77', atMs: world.clock.now() - 1 }]);
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
