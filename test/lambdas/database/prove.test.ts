import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../fakes/example-config.ts';
import { failover, type Failover } from '../failover.ts';

/** A change that has tried to revoke acks and got nowhere, as a replica does not answer. */
async function withoutProof(config = exampleConfig()): Promise<Failover> {
  const world = await (await failover(config)).before('revoke-acks');
  world.fleet.fail('db-3', 'hung');
  await world.step('revoke-acks');
  return world;
}
const stopped = { kind: 'instance-stopped', instanceId: 'i-1', stateCode: 80 } as const;
const gather = (world: Failover, epoch = 2) =>
  world.state.append({
    code: 'fence-evidence',
    evidence: stopped,
    cluster: 'orders',
    epoch,
    execution: `orders-e${epoch}`,
    atMs: world.clock.now(),
  });

describe('prove fence', () => {
  it('[invariant 1] is proven by evidence in the journal, and journals by which', async () => {
    const world = await (await failover()).before('prove');
    expect(await world.step('prove')).toMatchObject({ outcome: 'proven', proof: 'acks-revoked' });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'fence-proven', proof: 'acks-revoked' }),
    );
  });

  it('waits a little for evidence that others are gathering', async () => {
    const world = await withoutProof();
    const startedAtMs = world.clock.now();
    void world.clock.sleep(1_250).then(() => gather(world));
    expect(await world.step('prove')).toMatchObject({ outcome: 'proven', proof: 'instance-stopped' });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(1_350);
  });

  it('asks to be called again after three seconds, saying what is lacking', async () => {
    const world = await withoutProof();
    const startedAtMs = world.clock.now();
    await expect(world.step('prove')).rejects.toMatchObject({
      name: 'FenceNotYetProven',
      message: 'acks-revoked: db-3 might still acknowledge, and 1 is enough',
    });
    expect(world.clock.now() - startedAtMs).toBe(3_000);
  });

  it('[invariant 6] gives up past the deadline of the policy, counted from the opening', async () => {
    const world = await withoutProof(exampleConfig({ fence: { deadlineSeconds: 10 } }));
    const openedAtMs = (await world.journal())[0]!.atMs;
    await world.clock.pass(openedAtMs + 9_950 - world.clock.now());
    await expect(world.step('prove')).rejects.toMatchObject({
      name: 'FenceUnproven',
      message: expect.stringContaining('no sufficient proof within 10 s that db-1 is fenced: acks-revoked: db-3 might'),
    });
    expect(world.clock.now() - openedAtMs).toBeGreaterThan(10_000);
    expect(await world.journalCodes()).toContain('fence-unproven');
    expect(await world.journalCodes()).not.toContain('fence-proven');
  });

  it('is proven even past the deadline, if the evidence is there', async () => {
    const world = await withoutProof();
    await world.clock.pass(600_000);
    await gather(world);
    expect(await world.step('prove')).toMatchObject({ outcome: 'proven' });
  });

  it('[invariant 1] takes no evidence of an older epoch', async () => {
    const world = await withoutProof();
    await gather(world, 1);
    await expect(world.step('prove')).rejects.toMatchObject({ name: 'FenceNotYetProven' });
  });

  it('once proven stays proven, with the same proof', async () => {
    const world = await (await failover()).before('settle');
    await gather(world);
    expect(await world.step('prove')).toMatchObject({ outcome: 'proven', proof: 'acks-revoked' });
    expect((await world.journalCodes()).filter((code) => code === 'fence-proven')).toHaveLength(1);
  });
});
