/**
 * Each way in which a primary may be sick, slow, cut off, or only seem so, on real servers: what must follow follows, what
 * must not does not, people are told, and afterwards all is as before. The drill checks that itself; the settings are such
 * that a run is short, and what is asserted does not depend on them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../lab/net/sandbox.ts';
import { SCENARIOS, type ScenarioName } from '../../lab/run/scenarios/catalogue.ts';
import { whatIsMissing } from '../../lab/run/scenarios/needs.ts';
import type { Scenario } from '../../lab/run/scenarios/scenario.ts';
import { expectFailover, onlyRun } from './expect-failover.ts';
import { QUICK, runDrill } from './run-drill.ts';

const support = await probeNamespaces();
const why = support.kind === 'none' ? ` (skipped, no namespaces: ${support.reason})` : '';

/** Two failures of half a second are less than a pause that must not count. */
const PATIENT = [...QUICK, '--failures', '4', '--write-deadline', '5s'];

function missing(name: ScenarioName): { readonly skipped: boolean; readonly because: string } {
  const what = whatIsMissing(SCENARIOS[name], { net: 'namespaces', semiSync: 'required' });
  return { skipped: what !== null, because: what === null ? '' : ` (skipped, it needs ${what})` };
}

describe.skipIf(support.kind === 'none')(`a primary that is not lost${why}`, () => {
  /** How long each lasts: longer than a death takes to be found, and a stall where there is one. */
  const faults: readonly (readonly [ScenarioName, string])[] = [
    ['pause', '1500ms'],
    ['starvation', '6s'],
    ['loss', '8s'],
    ['partition-majority', '5s'],
    ['reachable-by-replicas-only', '5s'],
    ['reachable-by-monitors-only', '8s'],
    ['monitor-blind', '5s'],
    ['exhausted', '4s'],
    ['ackers-lost', '8s'],
    // While the primary is well, monitors diagnose the rest every few seconds.
    ['replica-storm', '7s'],
  ];
  for (const [name, forTime] of faults) {
    const { skipped, because } = missing(name);
    it.skipIf(skipped)(
      `[invariants 3, 4] ${name}: nothing is changed, and all is well afterwards${because}`,
      async () => {
        const outcome = await runDrill(['--scenario', name, '--for', forTime, ...PATIENT]);
        const run = onlyRun(outcome);
        expect(run.violations).toEqual([]);
        expect(run).toMatchObject({ expected: 'no-change', epoch: 1, newPrimary: 'db-1', execution: null });
        expect(run.writes).toMatchObject({ lost: 0, duplicate: 0 });
        expect(run.detection.falseAlarms).toBe(0);
        expect(run.detection.sessions).toBeLessThanOrEqual(2);
        const { problems }: Scenario = SCENARIOS[name];
        expect(run.detection.problems).toEqual(expect.arrayContaining([...problems]));
        expect(outcome.exitCode).toBe(0);
      },
    );
  }
});

describe.skipIf(support.kind === 'none')(`a primary that is lost although somebody still reaches it${why}`, () => {
  it('[invariants 1, 2, 3, 4, 8] partition-minority: the majority has a new primary, its own client none', async () => {
    const outcome = await runDrill(['--scenario', 'partition-minority', ...PATIENT]);
    expectFailover(outcome);
    const dead = onlyRun(outcome).detection.verdicts.find(({ verdict }) => verdict === 'dead');
    expect(dead?.majorityMs).toBeGreaterThan(0);
  });

  for (const name of ['disk-full', 'stalled-volume'] as const) {
    const { skipped, because } = missing(name);
    it.skipIf(skipped)(`[invariants 1, 2, 3, 4, 8] ${name}: it is replaced after the deadline${because}`, async () => {
      const outcome = await runDrill(['--scenario', name, ...PATIENT]);
      expectFailover(outcome);
      const { verdicts, startedMs } = onlyRun(outcome).detection;
      expect(verdicts.find(({ verdict }) => verdict === 'stalled')?.majorityMs).toBeGreaterThan(4_000);
      expect(startedMs).toBeGreaterThan(4_000);
    });
  }
});

describe.skipIf(support.kind === 'none')(`a primary that its supervisor starts again${why}`, () => {
  it('[invariants 2, 3] restart-fast: it is the primary again in a new epoch; nothing is stopped or moved', async () => {
    const outcome = await runDrill(['--scenario', 'restart-fast', ...PATIENT]);
    const run = onlyRun(outcome);
    expect(run.violations).toEqual([]);
    expect(run).toMatchObject({ expected: 'reopened', epoch: 2, newPrimary: 'db-1', route: 'vip' });
    expect(run.writes).toMatchObject({ lost: 0, duplicate: 0 });
    expect(run.rtoMs).toBeGreaterThan(0);
    expect(outcome.exitCode).toBe(0);
  });
});
