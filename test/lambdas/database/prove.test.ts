import { describe, expect, it } from 'vitest';
import type { Vote } from '../../../lib/core/observation.ts';
import { semiSync, witness } from '../../core/examples.ts';
import { exampleConfig } from '../../fakes/example-config.ts';
import { failover, type Failover } from '../failover.ts';

/** A change that has tried to revoke acks and got nowhere, as a replica does not answer. */
async function withoutProof(config = exampleConfig()): Promise<Failover> {
  const world = await (await failover(config)).before('revoke-acks');
  world.fleet.fail('db-3', 'hung');
  await world.step('revoke-acks');
  return world;
}
const stopped = { kind: 'instance-stopped', instanceId: 'i-1', expectedInstanceId: 'i-1', stateCode: 80 } as const;
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
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(1_750);
  });

  it('sees it within a tenth of a second while a fast proof may still come', async () => {
    const world = await (await failover()).before('revoke-acks');
    await world.castVotes(['b', { refusedForMs: null }], ['c', { refusedForMs: null }]);
    const startedAtMs = world.clock.now();
    void world.clock.sleep(1_250).then(() => gather(world));
    expect(await world.step('prove')).toMatchObject({ outcome: 'proven', proof: 'instance-stopped' });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(1_350);
  });

  it('[invariant 1] takes evidence of a kind that it does not know for no proof', async () => {
    const world = await withoutProof();
    const unknown = { kind: 'a-feeling', strength: 9 } as never;
    await world.state.append({
      code: 'fence-evidence',
      evidence: unknown,
      cluster: 'orders',
      epoch: 2,
      execution: 'orders-e2',
      atMs: world.clock.now(),
    });
    await expect(world.step('prove')).rejects.toMatchObject({ name: 'FenceNotYetProven' });
  });

  it('goes on when nothing says since when it tries', async () => {
    const world = await withoutProof();
    const journal = world.state.journal.bind(world.state);
    world.state.journal = async (...of) => (await journal(...of)).filter((event) => event.code !== 'opened');
    await expect(world.step('prove')).rejects.toMatchObject({ name: 'FenceNotYetProven' });
  });

  it('asks to be called again after three seconds, saying what is lacking', async () => {
    const world = await withoutProof();
    const startedAtMs = world.clock.now();
    await expect(world.step('prove')).rejects.toMatchObject({
      name: 'FenceNotYetProven',
      message:
        'acks-revoked: db-3 might still acknowledge, and 1 is enough; ' +
        'dead-and-boots-read-only: it has refused everything for 1000 ms as seen from 0 zones, 2 are needed',
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

/** As monitors see a primary without semi-sync that was opened by SQL. */
const ASYNCHRONOUS = {
  semiSync: semiSync({ enabled: false }),
  acknowledging: [],
  bootsReadOnly: 'unknown',
} as const;
/** With asynchronous replication, once acks are revoked in vain: `db-1` has crashed, and its replicas were cut. */
async function asynchronous(config = exampleConfig({ semiSync: 'off', bootsReadOnly: true })): Promise<Failover> {
  const world = await failover(config);
  await world.castVotes(['b', ASYNCHRONOUS], ['c', ASYNCHRONOUS]);
  await world.before('revoke-acks');
  await world.step('revoke-acks');
  await missing(world, 0);
  return world;
}
/** Both monitors vote that the port refuses, for so long; receivers are stopped by now. */
async function missing(world: Failover, refusedForMs: number | null, changes: Partial<Vote> = {}): Promise<void> {
  const witnesses = ['db-2', 'db-3'].map((nodeId) => witness({ nodeId, receiver: 'stopped' }));
  const vote = { refusedForMs, witnesses, ...ASYNCHRONOUS, ...changes };
  await world.castVotes(['b', vote], ['c', vote]);
}
const deaths = async (world: Failover) =>
  (await world.journal()).flatMap((event) =>
    event.code === 'fence-evidence' && event.evidence.kind === 'dead-and-boots-read-only' ? [event.evidence] : [],
  );

describe('prove fence, of a primary that is seen to be dead', () => {
  it('[invariant 1] is proven once that has held for a second, by evidence journalled once and before the proof', async () => {
    const world = await asynchronous();
    const startedAtMs = world.clock.now();
    void (async () => {
      for (const forMs of [400, 900, 1_400]) {
        await world.clock.sleep(500);
        await missing(world, forMs);
      }
    })();
    expect(await world.step('prove')).toMatchObject({ outcome: 'proven', proof: 'dead-and-boots-read-only' });
    expect(world.clock.now() - startedAtMs).toBe(1_500);
    expect(await deaths(world)).toEqual([
      expect.objectContaining({ cut: ['db-2', 'db-3'], bootsReadOnly: true, replicas: ['db-2', 'db-3'] }),
    ]);
    const codes = await world.journalCodes();
    expect(codes.lastIndexOf('fence-evidence')).toBeLessThan(codes.indexOf('fence-proven'));
  });

  it.each<[string, number | null, Partial<Vote>]>([
    ['the port is silent', null, { failure: 'timeout' }],
    ['it was seen to boot writable, whatever is declared', 5_000, { bootsReadOnly: false }],
    ['the votes are about another epoch', 5_000, { epoch: 0 }],
  ])('[invariant 1] is not, when %s', async (_, refusedForMs, changes) => {
    const world = await asynchronous();
    await missing(world, refusedForMs, changes);
    await expect(world.step('prove')).rejects.toMatchObject({ name: 'FenceNotYetProven' });
    expect(await deaths(world)).toEqual([]);
  });

  it('[invariant 1] is not, when nobody knows whether it boots read-only', async () => {
    const world = await asynchronous(exampleConfig({ semiSync: 'off', bootsReadOnly: false }));
    await missing(world, 5_000);
    await expect(world.step('prove')).rejects.toMatchObject({
      message: expect.stringContaining('the old primary is not known to boot read-only'),
    });
  });

  it('is proven by what the record knew of it before it was opened', async () => {
    const world = await asynchronous(exampleConfig({ semiSync: 'off', bootsReadOnly: false }));
    const record = (await world.record())!;
    world.state.read = () => Promise.resolve({ ...record, bootsReadOnly: true });
    await missing(world, 5_000);
    expect(await world.step('prove')).toMatchObject({ proof: 'dead-and-boots-read-only' });
  });

  it('asks for no votes while the journal holds a proof: the fast way is not made slower', async () => {
    const world = await (await failover()).before('prove');
    world.state.votes = () => Promise.reject(new Error('nobody should ask'));
    expect(await world.step('prove')).toMatchObject({ proof: 'acks-revoked' });
  });

  it('[invariant 8] writes down what it last saw when it gives up', async () => {
    const world = await asynchronous();
    await world.clock.pass(301_000);
    await missing(world, 900);
    await expect(world.step('prove')).rejects.toMatchObject({ name: 'FenceUnproven' });
    expect(await deaths(world)).toEqual([
      expect.objectContaining({ refusals: [expect.objectContaining({ forMs: 900 }), expect.anything()] }),
    ]);
  });
});

describe('evidence that this version does not understand', () => {
  it.each([{ kind: 'power-button' }, { kind: 'read-only' }, { kind: 'acks-revoked', replicas: [], stopped: [] }])(
    '[invariant 1] proves nothing, and stops nothing: %o',
    async (evidence) => {
      const world = await withoutProof();
      await world.state.append({
        code: 'fence-evidence',
        evidence: evidence as never,
        cluster: 'orders',
        epoch: 2,
        execution: 'orders-e2',
        atMs: world.clock.now(),
      });
      await expect(world.step('prove')).rejects.toMatchObject({ name: 'FenceNotYetProven' });
    },
  );
});
