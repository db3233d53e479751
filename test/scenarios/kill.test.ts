/**
 * The execution of a real failover is stopped and redriven, at each of its states: after the state was exited, and while
 * its function runs. What it had begun goes on beside the redrive, as on AWS. The end must be the one without a kill.
 * `npm run drill -- --kill-after each` does it once for each state, in a run of its own, which takes some minutes.
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

describe.skipIf(support.kind === 'none')(
  `an execution that is killed and redriven ends as without a kill${why}`,
  () => {
    it('[invariants 1, 2, 3, 4, 8] … after all of them in one failover', async () => {
      const outcome = await runDrill(['--kill-after', 'all', ...QUICK]);
      expectFailover(outcome);
      const { kills, execution } = onlyRun(outcome);
      expect(new Set([...kills.map(({ state }) => state), 'Failed over'])).toEqual(new Set(execution?.states));
    });

    it('[invariants 1, 2, 3, 4, 8] … in all of them, with the function of each running on', async () => {
      const outcome = await runDrill(['--kill-in', 'all', ...QUICK]);
      expectFailover(outcome);
      expect(onlyRun(outcome).kills.map(({ state }) => state)).toEqual(
        expect.arrayContaining(['Open', 'Confirm', 'Close']),
      );
    });

    for (const when of ['--kill-after', '--kill-in']) {
      it(`[invariant 4] … on the way to DNS, when the address can’t be moved (${when} all)`, async () => {
        const outcome = await runDrill([when, 'all', '--fail-vip', ...QUICK]);
        expectFailover(outcome);
        expect(onlyRun(outcome).route).toBe('dns');
      });

      it(`[invariant 1] … without semi-sync (${when} all)`, async () => {
        const outcome = await runDrill([when, 'all', '--semi-sync', 'off', ...QUICK]);
        expectFailover(outcome);
        expect(onlyRun(outcome).proofs.find((proof) => proof.allowedPromotion)?.kind).not.toBe('acks-revoked');
      });

      it.skipIf(mysql !== null)(`[invariants 1, 2, 3] … on MySQL (${when} all)`, async () => {
        const outcome = await runDrill([when, 'all', '--engine', 'mysql', ...QUICK]);
        expectFailover(outcome);
        expect(onlyRun(outcome).kills.length).toBeGreaterThan(5);
      });
    }
  },
);
