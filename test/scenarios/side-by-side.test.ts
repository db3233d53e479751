/**
 * Labs on one machine don't touch each other: each fails over by itself, on the same ports and by the same names.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../lab/net/sandbox.ts';
import { expectFailover } from './expect-failover.ts';
import { runDrill } from './run-drill.ts';

const support = await probeNamespaces();
/** Three labs on two cores are slow; a false alarm would be no word on whether they touch each other. */
const CALM = ['--interval', '1s', '--failures', '3', '--api-latency', '0', '--stop-time', '1s'];

describe('three labs at once', () => {
  it('two on loopback and one of namespaces: each replaces its own primary, and loses nothing', async () => {
    const nets = ['loopback', 'loopback', support.kind === 'none' ? 'loopback' : 'namespaces'];
    const outcomes = await Promise.all(nets.map((net) => runDrill(['--net', net, ...CALM])));
    outcomes.forEach(expectFailover);
    expect(outcomes.map(({ report }) => report?.net)).toEqual(nets);
  });
});
