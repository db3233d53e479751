/**
 * A crash while AWS is not well, on real servers and through the deployed stack: it must end as without. The drill fails by
 * itself when a rule befell no call.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../lab/net/sandbox.ts';
import { expectFailover, onlyRun } from './expect-failover.ts';
import { QUICK, runDrill } from './run-drill.ts';

const support = await probeNamespaces();
const why = support.kind === 'none' ? ` (skipped, no namespaces: ${support.reason})` : '';

/** As a crash ends in which AWS is well. */
async function drilled(...args: readonly string[]) {
  const outcome = await runDrill([...QUICK, ...args]);
  expectFailover(outcome);
  const run = onlyRun(outcome);
  return { run, allowedBy: run.proofs.find((proof) => proof.allowedPromotion)?.kind };
}

// Beside each other: they mostly wait, and each has machines of its own.
describe.skipIf(support.kind === 'none').concurrent(`a failover ends as it should${why}`, () => {
  it.each([
    ['the response to each change is lost once', ['--lose-responses', '1']],
    [
      'EC2 stops the instance and does not say so, and tells what was up to 2 s ago',
      ['--scenario', 'stop-unheard', '--stale-reads', '2s'],
    ],
    ['DynamoDB is out in the middle of it', ['--scenario', 'dynamodb-out']],
    ['Step Functions starts nothing at first', ['--scenario', 'step-functions-out']],
  ])('[invariants 1, 2, 3, 4, 8] when %s', async (_, args) => {
    const { run, allowedBy } = await drilled(...args);
    expect(run.route).toBe('vip');
    expect(allowedBy).toBe('acks-revoked');
  });

  it('[invariants 1, 2, 3, 4, 8] when each call is throttled twice, by whichever proof is there first', async () => {
    const { run, allowedBy } = await drilled('--throttle', '2');
    expect(run.route).toBe('vip');
    // It takes so long that the lab's EC2, quicker than the real one, may have stopped the instance by then.
    expect(['acks-revoked', 'instance-stopped']).toContain(allowedBy);
  });

  it('[invariants 1, 4] by DNS when EC2 changes nothing, and the instance is stopped when EC2 is back', async () => {
    const { run } = await drilled('--scenario', 'ec2-out');
    expect(run.route).toBe('dns');
    expect(run.proofs.map(({ kind }) => kind)).toContain('instance-stopped');
  });
});
