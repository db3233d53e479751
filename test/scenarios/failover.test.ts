/**
 * Whole failovers on real servers, as `npm run drill` makes them: through the synthesized template, with the state
 * machine and the bundled functions. The drill checks the invariants itself; here it is held to what was promised.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../lab/net/sandbox.ts';
import { expectFailover, mysqlMissing, onlyRun } from './expect-failover.ts';
import { QUICK, runDrill } from './run-drill.ts';

const support = await probeNamespaces();
const why = support.kind === 'none' ? ` (skipped, no namespaces: ${support.reason})` : '';
const mysql = await mysqlMissing();

describe.skipIf(support.kind === 'none')(`a primary that is lost${why}`, () => {
  for (const scenario of ['crash', 'power', 'hang', 'partition-primary']) {
    it(`[invariants 1, 2, 3, 4, 8] ${scenario}: no acknowledged write is lost, without waiting for EC2`, async () => {
      const outcome = await runDrill(['--scenario', scenario, ...QUICK, '--stop-time', '3s']);
      expectFailover(outcome);
      expect(onlyRun(outcome).route).toBe('vip');
      expect(onlyRun(outcome).proofs.find((proof) => proof.allowedPromotion)?.kind).toBe('acks-revoked');
    });
  }

  it('[invariant 4] is found by its name when the address can’t be moved', async () => {
    const outcome = await runDrill(['--fail-vip', ...QUICK]);
    expectFailover(outcome);
    expect(onlyRun(outcome).route).toBe('dns');
  });

  it('[invariant 1] without semi-sync is promoted only when the instance is stopped', async () => {
    const outcome = await runDrill(['--scenario', 'hang', '--semi-sync', 'off', ...QUICK]);
    expectFailover(outcome);
    expect(onlyRun(outcome).proofs.find((proof) => proof.allowedPromotion)?.kind).toBe('instance-stopped');
  });

  describe.skipIf(mysql !== null)(`on MySQL${mysql === null ? '' : ` (skipped: ${mysql})`}`, () => {
    for (const scenario of ['crash', 'hang']) {
      it(`[invariants 1, 2, 3, 4, 8] ${scenario}: no acknowledged write is lost`, async () => {
        const outcome = await runDrill(['--engine', 'mysql', '--scenario', scenario, ...QUICK]);
        expectFailover(outcome);
        expect(onlyRun(outcome).proofs.find((proof) => proof.allowedPromotion)?.kind).toBe('acks-revoked');
      });
    }
  });
});

describe.skipIf(support.kind === 'none')(`monitors that see nothing${why}`, () => {
  it('[invariant 7] one of three: the other two fail over', async () => {
    const outcome = await runDrill(['--blind', '1', ...QUICK]);
    expectFailover(outcome);
    expect(onlyRun(outcome).exercised).toContain('7');
  });

  for (const blind of ['2', '3']) {
    it(`[invariant 7] ${blind} of three: nothing is changed, although the primary is dead`, async () => {
      const outcome = await runDrill(['--blind', blind, ...QUICK]);
      const run = onlyRun(outcome);
      expect(run).toMatchObject({ rtoMs: null, epoch: 1, newPrimary: 'db-1', execution: null, violations: [] });
      expect(run.exercised).toContain('7');
      expect(run.invariants['7']).toBe(true);
      expect(outcome.exitCode).toBe(0);
    });
  }
});

describe('without namespaces', () => {
  it('the loopback switch shows a crash', async () => {
    const outcome = await runDrill(['--net', 'loopback', ...QUICK]);
    expectFailover(outcome);
    expect(outcome.report?.net).toBe('loopback');
  });

  it('says what it can’t show', async () => {
    const { exitCode, output } = await runDrill(['--net', 'loopback', '--scenario', 'partition-primary', ...QUICK]);
    expect(output).toContain('--scenario partition-primary needs network namespaces');
    expect(exitCode).toBe(2);
  });
});
