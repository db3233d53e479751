import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { failover } from '../failover.ts';

describe('point record', () => {
  it('makes the record hold the own address of the new primary, and tells people what it does not help', async () => {
    const world = await (await failover()).before('move-address');
    expect(await world.step('point-record')).toEqual({
      outcome: 'pointed',
      recordName: 'orders.db.example.internal',
      address: '10.0.1.12',
    });
    expect(world.dns.records.get('orders.db.example.internal')).toBe('10.0.1.12, TTL 60, in Z1');
    expect(world.notifier.told).toEqual([
      { subject: 'orders: the VIP could not be moved', message: expect.stringContaining('move the address by hand') },
    ]);
  });

  it('fails when Route 53 does', async () => {
    const world = await (await failover()).before('move-address');
    world.dns.isFailing = true;
    await expect(world.step('point-record')).rejects.toThrow('ChangeResourceRecordSets failed');
    expect(await world.journalCodes()).not.toContain('record-changed');
  });

  it('[invariant 4] does nothing before the promotion, or for another server', async () => {
    const world = await (await failover()).before('promote');
    await expect(world.step('point-record')).rejects.toBeInstanceOf(InvalidInput);
    await world.step('promote');
    await expect(world.step('point-record', { candidate: 'db-3' })).rejects.toBeInstanceOf(InvalidInput);
    expect(world.dns.records.size).toBe(0);
  });
});
