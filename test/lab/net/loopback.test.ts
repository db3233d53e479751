import { afterEach, beforeEach, describe, it } from 'vitest';
import { openLoopbackNetwork } from '../../../lab/net/loopback.ts';
import type { LabNetwork } from '../../../lab/net/network.ts';
import { networkContract } from './lab-network-contract.ts';

describe('a network on the loopback interface', () => {
  let network: LabNetwork;
  beforeEach(() => {
    network = openLoopbackNetwork();
  });
  afterEach(() => network.close());

  const claims = networkContract.filter(({ only }) => only === undefined || only === 'loopback');
  // oxlint-disable-next-line vitest/expect-expect -- the table's checks assert by themselves
  it.each(claims)('$claim', (entry) => entry.check(network));
});
