import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLoopbackNetwork } from '../../../lab/net/loopback.ts';
import type { LabNetwork } from '../../../lab/net/network.ts';
import { networkContract } from './lab-network-contract.ts';

describe('a network on the loopback interface', () => {
  let network: LabNetwork;
  beforeEach(async () => {
    network = await openLoopbackNetwork();
  });
  afterEach(() => network.close());

  const claims = networkContract.filter(({ only }) => only === undefined || only === 'loopback');
  // oxlint-disable-next-line vitest/expect-expect -- the table's checks assert by themselves
  it.each(claims)('$claim', (entry) => entry.check(network));

  it('does not touch another one on the same machine: the same hosts, at addresses of their own', async () => {
    const other = await openLoopbackNetwork();
    try {
      expect(other.prefix).not.toBe(network.prefix);
      const listens = await Promise.all(
        [network, other].map(async (each) => {
          const host = await each.addHost({ name: 'db-1', address: `${each.prefix}.1.11` });
          return host.listen(3306);
        }),
      );
      expect(new Set(listens.map(({ host }) => host)).size).toBe(2);
    } finally {
      await other.close();
    }
  });

  it('gives its addresses back when it is closed, so that there is no end of them', async () => {
    const MORE_THAN_THERE_ARE = 60;
    for (let n = 0; n < MORE_THAN_THERE_ARE; n += 1) await (await openLoopbackNetwork()).close();
    const last = await openLoopbackNetwork();
    await last.close();
    expect(last.prefix).toMatch(/^127\.\d+$/);
  });
});
