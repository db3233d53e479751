import { describe, expect, it } from 'vitest';
import { ready as databaseReady } from '../../lambdas/database/ready.ts';
import { ready as fenceReady } from '../../lambdas/fence/ready.ts';
import { ready as networkReady } from '../../lambdas/network/ready.ts';
import { failover } from './failover.ts';

describe('ready', () => {
  it('looks at every server as a failover would, and changes nothing', async () => {
    const world = await failover();
    const before = await world.everything();
    expect(await world.clock.run(databaseReady({}, world.databaseContext))).toEqual({
      outcome: 'ready',
      seen: [{ cluster: 'orders', unreachable: ['db-1'] }],
    });
    expect(await world.everything()).toEqual(before);
  });

  it('looks at the record, and at the interface of the primary, and changes nothing', async () => {
    const world = await failover();
    const before = await world.everything();
    expect(await world.clock.run(networkReady({}, world.networkContext))).toEqual({
      outcome: 'ready',
      seen: [{ cluster: 'orders', primary: 'db-1', addresses: ['10.0.1.11', '10.0.1.100'] }],
    });
    expect(await world.everything()).toEqual(before);
  });

  it('looks at the record, and at instance and interfaces of the primary, and changes nothing', async () => {
    const world = await failover();
    const before = await world.everything();
    expect(await world.clock.run(fenceReady({}, world.fenceContext))).toEqual({
      outcome: 'ready',
      seen: [{ cluster: 'orders', primary: 'db-1', instance: 'running', interfaces: ['eni-1'] }],
    });
    expect(await world.everything()).toEqual(before);
  });

  it('outside the VPC looks at who is the primary by now', async () => {
    const world = await (await failover()).before('close');
    for (const look of [networkReady({}, world.networkContext), fenceReady({}, world.fenceContext)]) {
      expect(await world.clock.run(look)).toMatchObject({ seen: [{ primary: 'db-2' }] });
    }
  });
});
