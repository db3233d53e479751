import { describe, expect, it } from 'vitest';
import { StaleActor } from '../../lib/core/errors.ts';
import { failover, ORDER, type StepName } from './failover.ts';

/** Steps beside the straight way, and the step before which each may come. */
const BESIDE = [
  ['instance-state', 'plan'],
  ['check-instance', 'prove'],
  ['point-record', 'verify-route'],
  ['stand-down', 'plan'],
  ['halt', 'settle'],
] as const;
const EVERY_STEP: readonly (readonly [StepName, (typeof ORDER)[number]])[] = [
  ...ORDER.map((step) => [step, step] as const),
  ...BESIDE,
];
/** Open takes the lock, and halt tells people whoever holds it: theirs are tests of their own. */
const NEED_THE_LOCK = EVERY_STEP.filter(([step]) => step !== 'open' && step !== 'halt');
const FENCING: readonly StepName[] = ['demote', 'isolate', 'stop-instance', 'check-instance'];

const readyFor = async (step: (typeof ORDER)[number]) => (await failover()).before(step);

describe('a failover in which all goes well', () => {
  it('makes the best replica the primary, behind the address that clients have', async () => {
    const world = await failover();
    const outcomes = [];
    for (const step of ORDER) outcomes.push((await world.step(step)).outcome);
    expect(outcomes).toEqual([
      'opened',
      'confirmed',
      'planned',
      'revoked',
      'failed',
      'isolated',
      'requested',
      'proven',
      'settled',
      'promoted',
      'moved',
      'verified',
      'repointed',
      'closed',
    ]);
    expect(await world.record()).toMatchObject({
      epoch: 2,
      primary: 'db-2',
      phase: 'steady',
      holder: null,
      route: 'vip',
    });
    expect(world.fleet.server('db-2')).toMatchObject({ readOnly: false, epoch: 2 });
    expect(world.fleet.server('db-3').source?.node.id).toBe('db-2');
    expect(world.effects).toEqual([
      'db-2 stopped receiving',
      'db-3 stopped receiving',
      'eni-1 has groups sg-fence',
      'i-1 is to stop',
      'db-2 promoted under epoch 2',
      'eni-2 gets 10.0.1.100',
      'db-3 replicates from db-2',
    ]);
  });

  it('[invariant 1] writes every proof down before it opens a server', async () => {
    const codes = await (await (await failover()).before('close')).journalCodes();
    expect(codes.indexOf('fence-evidence')).toBeLessThan(codes.indexOf('fence-proven'));
    expect(codes.indexOf('fence-proven')).toBeLessThan(codes.indexOf('promoted'));
  });
});

describe('a step that is run twice changes nothing more', () => {
  it.each(EVERY_STEP)('%s', async (step, ready) => {
    const world = await readyFor(ready);
    const first = await world.step(step);
    const standing = await world.standing();
    expect(await world.step(step)).toMatchObject({ outcome: first.outcome });
    expect(await world.standing()).toEqual(standing);
  });
});

describe('[invariant 2] a stale actor changes nothing: neither a server, nor the network, nor the record, nor the journal', () => {
  it.each(NEED_THE_LOCK)('%s, of an older epoch', async (step, ready) => {
    const world = await readyFor(ready);
    const before = await world.everything();
    await expect(world.step(step, { epoch: 1 })).rejects.toBeInstanceOf(StaleActor);
    expect(await world.everything()).toEqual(before);
  });

  it.each(NEED_THE_LOCK)('%s, by another execution', async (step, ready) => {
    const world = await readyFor(ready);
    const before = await world.everything();
    await expect(world.step(step, { execution: 'orders-e2-r1' })).rejects.toBeInstanceOf(StaleActor);
    expect(await world.everything()).toEqual(before);
  });

  it.each(NEED_THE_LOCK.filter(([step]) => step !== 'stand-down'))(
    '%s, once the change is halted',
    async (step, ready) => {
      const world = await readyFor(ready);
      await world.step('halt');
      const before = await world.everything();
      await expect(world.step(step)).rejects.toBeInstanceOf(StaleActor);
      expect(await world.everything()).toEqual(before);
    },
  );

  it('stand-down, once the change is halted, finds it ended and leaves it halted', async () => {
    const world = await readyFor('plan');
    await world.step('halt');
    const before = await world.standing();
    await world.step('stand-down');
    expect(await world.standing()).toEqual(before);
  });

  it.each(NEED_THE_LOCK)('%s, once another change has begun', async (step, ready) => {
    const world = await readyFor(ready);
    await world.step('halt');
    await world.state.open((await world.record())!, 'orders-e3');
    const before = await world.everything();
    await expect(world.step(step)).rejects.toBeInstanceOf(StaleActor);
    expect(await world.everything()).toEqual(before);
  });
});

describe('fencing goes on after the change is closed', () => {
  it.each(FENCING)('%s', async (step) => {
    const world = await readyFor('close');
    await world.step('close');
    await expect(world.step(step)).resolves.toBeDefined();
  });

  it.each(FENCING)('but %s never turns against the server that is the primary', async (step) => {
    const world = await readyFor('close');
    await world.step('close');
    const before = await world.everything();
    await expect(world.step(step, { oldPrimary: 'db-2' })).rejects.toBeInstanceOf(StaleActor);
    expect(await world.everything()).toEqual(before);
  });
});

describe('an input that can not be used is refused with its field', () => {
  it.each<[StepName, Readonly<Record<string, unknown>>, string]>([
    ['confirm', { epoch: -1 }, "field epoch of the step's input"],
    ['plan', { oldPrimary: '' }, "field oldPrimary of the step's input"],
    ['promote', { candidate: undefined }, "field candidate of the step's input"],
    ['verify-route', { route: 'carrier-pigeon' }, "field route of the step's input"],
    ['open', { trigger: { kind: 'moon' } }, "field trigger.kind of the step's input"],
    ['open', { trigger: { kind: 'monitor', epoch: 1 } }, "field trigger.monitor of the step's input"],
    ['open', { trigger: { kind: 'monitor', monitor: 'b' } }, "field trigger.epoch of the step's input"],
    ['open', { trigger: { kind: 'operator', reason: '' } }, "field trigger.name of the step's input"],
    ['open', { trigger: { kind: 'operator', name: '' } }, "field trigger.reason of the step's input"],
    ['close', { cluster: 'billing' }, 'cluster: received "billing"; use one of orders'],
  ])('%s', async (step, changes, message) => {
    const world = await readyFor('close');
    const before = await world.everything();
    await expect(world.step(step, changes)).rejects.toThrow(message);
    expect(await world.everything()).toEqual(before);
  });
});
