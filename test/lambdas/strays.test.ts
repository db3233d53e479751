/**
 * A step whose execution was stopped runs on beside the redrive, under the same epoch and for the same execution: the
 * record lets both through. Each test is a case that killed drills came upon.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { failover, type Outcome } from './failover.ts';

describe('a step that runs on beside its own redrive', () => {
  it('close: who is overtaken by the other finds the change closed, and halts nothing', async () => {
    const world = await (await failover()).before('close');
    const journal = world.state.journal.bind(world.state);
    let other: Promise<Outcome> | undefined;
    world.state.journal = async (cluster, epoch) => {
      const events = await journal(cluster, epoch);
      if (other !== undefined) return events;
      other = world.step('close');
      await other;
      return events;
    };
    expect(await world.step('close')).toMatchObject({ outcome: 'closed' });
    expect(await other).toMatchObject({ outcome: 'closed' });
    expect(world.notifier.told).toHaveLength(1);
  });

  it('revoke-acks: leaves a replica that follows the new primary by now alone', async () => {
    const world = await (await failover()).before('close');
    expect(world.fleet.server('db-2').commit()).toBe(true);
    await world.step('revoke-acks');
    // Without the replica's acknowledgement every write on the new primary waits for ever.
    expect(world.fleet.server('db-2').commit()).toBe(true);
  });
});
