/**
 * What the fence has to know of a primary that is gone: its votes are all that is left of it.
 */
import { describe, expect, it } from 'vitest';
import { watched } from './watching.ts';

describe('a vote on a primary that is gone', () => {
  it.each(['down', 'off', 'hung'] as const)('says when it last answered, and what was seen then (%s)', async (how) => {
    const world = await watched();
    const goneAtMs = world.clock.now();
    world.fleet.fail('db-1', how);
    await world.clock.pass(5_000);
    for (const vote of await world.state.votes('orders')) {
      expect(vote).toMatchObject({ acknowledging: ['db-2', 'db-3'], semiSync: { connectedReplicas: 2 } });
      expect(vote.seenAtMs).toBeLessThanOrEqual(goneAtMs);
      expect(vote.seenAtMs).toBeGreaterThanOrEqual(goneAtMs - 1_000);
    }
  });

  it('names only the replicas that acknowledged: another one was stopped before', async () => {
    const world = await watched();
    world.fleet.server('db-3').stopReceiving('10.0.1.11');
    await world.clock.pass(2_000);
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(5_000);
    for (const vote of await world.state.votes('orders')) {
      expect(vote).toMatchObject({ acknowledging: ['db-2'], semiSync: { connectedReplicas: 1 } });
    }
  });

  it('of a process that has died says for how long its port has refused', async () => {
    const world = await watched();
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(3_500);
    for (const vote of await world.state.votes('orders')) expect(vote.refusedForMs).toBeGreaterThanOrEqual(2_000);
  });

  it.each(['off', 'hung'] as const)('[invariant 1] of a server that is %s says nothing of the kind', async (how) => {
    const world = await watched();
    world.fleet.fail('db-1', how);
    await world.clock.pass(10_000);
    for (const vote of await world.state.votes('orders')) expect(vote.refusedForMs).toBeNull();
  });

  it('[invariant 1] nor of one that was silent before its port refused: its sessions may live', async () => {
    const world = await watched();
    world.fleet.fail('db-1', 'hung');
    await world.clock.pass(10_000);
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(5_000);
    for (const vote of await world.state.votes('orders')) {
      expect(vote).toMatchObject({ failure: 'refused', refusedForMs: null });
    }
  });
});
