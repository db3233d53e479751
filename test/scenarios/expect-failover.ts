/**
 * What every failover must come to, as the report of a drill tells it.
 *
 * @module
 */
import { expect } from 'vitest';
import { findEngine } from '../../lab/packages/find-engine.ts';
import { PackageUnavailable } from '../../lab/packages/package-error.ts';
import type { RunReport } from '../../lab/run/report-schema.ts';
import type { Outcome } from './run-drill.ts';

export function onlyRun({ report, output, exitCode }: Outcome): RunReport {
  const run = report?.runs[0];
  if (run === undefined) throw new Error(`the drill wrote no report (exit ${exitCode}):\n${output}`);
  return run;
}

/** Each run of the drill: a new primary, nothing lost, and all that was put to the test held. */
export function expectFailover(outcome: Outcome): void {
  onlyRun(outcome);
  for (const run of outcome.report?.runs ?? []) expectRun(run);
  expect(outcome.exitCode).toBe(0);
}

function expectRun(run: RunReport): void {
  expect(run.violations).toEqual([]);
  expect(run).toMatchObject({ oldPrimary: 'db-1', epoch: 2, expected: 'failover', execution: { status: 'SUCCEEDED' } });
  expect(run.newPrimary).not.toBe('db-1');
  expect(run.writes).toMatchObject({ lost: 0, duplicate: 0 });
  expect(run.writes.acknowledged).toBeGreaterThan(0);
  expect(Object.values(run.invariants)).toEqual(Array.from({ length: 8 }, () => true));
  expect(run.exercised).toEqual(expect.arrayContaining(['1', '2', '3', '4', '8']));
  const phases = Object.values(run.phases ?? {});
  expect(phases.reduce((sum, each) => sum + each, 0)).toBeCloseTo(run.rtoMs ?? Number.NaN, 0);
}

/** Why MySQL can't be had on this machine; null when it can. */
export async function mysqlMissing(): Promise<string | null> {
  try {
    await findEngine('mysql');
    return null;
  } catch (error) {
    if (error instanceof PackageUnavailable) return error.message;
    throw error;
  }
}
