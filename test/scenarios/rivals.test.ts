/**
 * Twenty operators start a failover of the same primary in the moment that the monitors start theirs. Step Functions runs
 * them all; one changes the cluster, once.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../lab/net/sandbox.ts';
import { expectFailover, onlyRun } from './expect-failover.ts';
import { QUICK, runDrill } from './run-drill.ts';

const support = await probeNamespaces();
const why = support.kind === 'none' ? ` (skipped, no namespaces: ${support.reason})` : '';

describe.skipIf(support.kind === 'none')(`twenty workflows at once for one primary${why}`, () => {
  it('[invariant 2] make one change; all others are refused', async () => {
    const outcome = await runDrill(['--rivals', '20', ...QUICK]);
    expectFailover(outcome);
    const { rivals, epoch } = onlyRun(outcome);
    expect(epoch).toBe(2);
    expect(rivals.started).toBe(20);
    // One of them may have been faster than the monitors.
    expect(rivals.refused).toBeGreaterThanOrEqual(19);
  });
});
