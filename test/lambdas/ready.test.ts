import { describe, expect, it } from 'vitest';
import { ready as databaseReady } from '../../lambdas/database/ready.ts';
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

  it('looks at record, instance and interface of the primary, and changes nothing', async () => {
    const world = await failover();
    const before = await world.everything();
    expect(await world.clock.run(networkReady({}, world.networkContext))).toEqual({
      outcome: 'ready',
      seen: [{ cluster: 'orders', primary: 'db-1', instance: 'running' }],
    });
    expect(await world.everything()).toEqual(before);
  });
});
