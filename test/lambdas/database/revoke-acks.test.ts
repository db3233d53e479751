import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../fakes/example-config.ts';
import { semiSync } from '../../core/examples.ts';
import { failover, type Failover } from '../failover.ts';

const NEVER_SEEN = { seenAtMs: null, semiSync: null, acknowledging: [], bootsReadOnly: 'unknown' } as const;
const planned = async (config = exampleConfig()) => (await failover(config)).before('revoke-acks');
const evidenceOf = async (world: Failover) =>
  (await world.journal()).flatMap((event) => (event.code === 'fence-evidence' ? [event.evidence] : []));

describe('revoke acks', () => {
  it('[invariant 1] after it the old primary is acknowledged by nobody, even if it lives', async () => {
    const world = await planned();
    const old = world.fleet.server('db-1');
    old.condition = 'up';
    expect(old.commit()).toBe(true);
    expect(await world.step('revoke-acks')).toEqual({ outcome: 'revoked', stopped: ['db-2', 'db-3'] });
    expect(old.commit()).toBe(false);
  });

  it('gives as evidence who stopped, and what was last seen of the semi-sync of the old primary', async () => {
    const world = await planned();
    const nowMs = world.clock.now();
    await world.castVotes(
      ['a', { ...NEVER_SEEN }],
      // It lost sight of the primary long before the others, and votes on.
      ['b', { semiSync: semiSync({ enabled: false }), bootsReadOnly: false, seenAtMs: nowMs - 60_000 }],
      ['c', { seenAtMs: nowMs - 4_000, atMs: nowMs - 500 }],
    );
    await world.step('revoke-acks');
    expect(await evidenceOf(world)).toEqual([
      expect.objectContaining({
        kind: 'acks-revoked',
        replicas: ['db-2', 'db-3'],
        stopped: ['db-2', 'db-3'],
        acknowledging: ['db-2', 'db-3'],
        semiSync: expect.objectContaining({ enabled: true, requiredAcks: 1 }),
        bootsReadOnly: true,
      }),
    ]);
  });

  it('gives who could not be asked as not stopped, and goes on', async () => {
    const world = await planned();
    world.fleet.fail('db-3', 'hung');
    expect(await world.step('revoke-acks')).toEqual({ outcome: 'revoked', stopped: ['db-2'] });
    expect(await evidenceOf(world)).toEqual([expect.objectContaining({ stopped: ['db-2'] })]);
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'fence-failed', what: 'revoking acks of db-3' }),
    );
  });

  it('counts who is no replica as stopped: it acknowledges nothing', async () => {
    const world = await planned();
    world.fleet.server('db-3').follow(null);
    expect(await world.step('revoke-acks')).toMatchObject({ stopped: ['db-2', 'db-3'] });
  });

  it('knows nothing of semi-sync when no monitor saw it', async () => {
    const world = await planned();
    await world.castVotes(['b', NEVER_SEEN], ['c', NEVER_SEEN]);
    await world.step('revoke-acks');
    const { semiSync: settings, bootsReadOnly, acknowledging } = NEVER_SEEN;
    expect(await evidenceOf(world)).toEqual([
      expect.objectContaining({ semiSync: settings, bootsReadOnly, acknowledging }),
    ]);
  });
});

describe('whether the old primary boots read-only', () => {
  it.each([
    ['unknown', true, true],
    ['unknown', false, 'unknown'],
    [false, true, false],
    [true, false, true],
  ] as const)('seen as %s and declared as %s is taken as %s', async (seen, declared, taken) => {
    const world = await planned(exampleConfig({ bootsReadOnly: declared }));
    await world.castVotes(['b', { bootsReadOnly: seen }], ['c', { bootsReadOnly: seen }]);
    await world.step('revoke-acks');
    expect(await evidenceOf(world)).toEqual([expect.objectContaining({ bootsReadOnly: taken })]);
  });
});
