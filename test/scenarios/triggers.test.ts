/**
 * Somebody stops the primary's instance. EC2 tells of it before any monitor can be sure; the monitors see it too, and the
 * failover itself stops the instance once more. One change comes of it all, and it is confirmed sooner than by probes.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../lab/net/sandbox.ts';
import { expectFailover, onlyRun } from './expect-failover.ts';
import { runDrill } from './run-drill.ts';

const support = await probeNamespaces();
const why = support.kind === 'none' ? ` (skipped, no namespaces: ${support.reason})` : '';

describe.skipIf(support.kind === 'none')(`an instance that somebody stops${why}`, () => {
  it('is failed over once, and confirmed before three probes could fail', async () => {
    const told = await runDrill(['--scenario', 'instance-stop', '--stop-time', '2s', '--story']);
    expectFailover(told);
    expect(told.output).toContain('asked for by EC2, which told that');
    const { detection } = onlyRun(told);
    // The server ends half a second after the stop; then two more probes would have to fail.
    expect(detection.confirmedMs).toBeLessThan(2_500);
  });

  it('is failed over by the monitors when no event arrives', async () => {
    const untold = await runDrill(['--scenario', 'instance-stop-untold', '--stop-time', '2s', '--story']);
    expectFailover(untold);
    expect(untold.output).toContain('asked for by monitor');
    expect(onlyRun(untold).detection.confirmedMs).toBeGreaterThan(2_500);
  });
});
