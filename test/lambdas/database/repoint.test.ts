import { describe, expect, it } from 'vitest';
import { repoint } from '../../../lambdas/database/repoint.ts';
import { StaleActor } from '../../../lib/core/errors.ts';
import { failover } from '../failover.ts';

const routed = async () => (await failover()).before('repoint');

describe('repoint', () => {
  it('makes the other replicas follow the new primary, which then has its acks, and leaves the old one alone', async () => {
    const world = await routed();
    expect(world.fleet.server('db-2').commit()).toBe(false);
    expect(await world.step('repoint')).toEqual({ outcome: 'repointed', failed: [] });
    expect(world.fleet.server('db-2').commit()).toBe(true);
    expect(world.fleet.server('db-1').source).toBeNull();
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'repointed', nodeId: 'db-3', source: 'db-2' }),
    );
  });

  it('tries again while a replica does not answer', async () => {
    const world = await routed();
    world.fleet.fail('db-3', 'down');
    void world.clock.sleep(5_000).then(() => (world.fleet.server('db-3').condition = 'up'));
    expect(await world.step('repoint')).toMatchObject({ failed: [] });
  });

  it('[invariant 2] gives up when the change has lost the lock while it tried', async () => {
    const world = await routed();
    world.fleet.fail('db-3', 'down');
    void world.clock.sleep(2_000).then(async () => {
      await world.state.halt({ cluster: 'orders', epoch: 2, execution: 'orders-e2' });
      world.fleet.server('db-3').condition = 'up';
    });
    await expect(world.step('repoint')).rejects.toBeInstanceOf(StaleActor);
    expect(world.fleet.server('db-3').source?.node.id).toBe('db-1');
  });

  it.each(['down', 'hung'] as const)('halts nothing when a replica stays %s, and says so', async (condition) => {
    const world = await routed();
    world.fleet.fail('db-3', condition);
    const startedAtMs = world.clock.now();
    expect(await world.step('repoint')).toEqual({ outcome: 'repointed', failed: ['db-3'] });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(32_000);
    expect(await world.journal()).toContainEqual(expect.objectContaining({ code: 'repoint-failed', nodeId: 'db-3' }));
  });
  it('[invariant 8] says so of each replica when the account for replication can not be read', async () => {
    const world = await routed();
    const secrets = { credentials: () => Promise.reject(new Error('access denied')) };
    const input = { cluster: 'orders', epoch: 2, execution: 'orders-e2', oldPrimary: 'db-1', candidate: 'db-2' };
    expect(await world.clock.run(repoint(input, { ...world.databaseContext, secrets }))).toMatchObject({
      failed: ['db-3'],
    });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'repoint-failed', nodeId: 'db-3', because: 'access denied' }),
    );
  });
});
