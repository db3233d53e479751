import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeOf, reportSchema, type RunReport } from '../../../lab/run/report-schema.ts';
import { counterexample } from '../../core/examples.ts';
import { drillReport, runReport } from './examples.ts';

const NO_FAILOVER = runReport({ rtoMs: null, phases: null, newPrimary: 'db-1', epoch: 4, proofs: [], execution: null });

describe('the range of some values', () => {
  it.each<[readonly number[], { median: number; min: number; max: number }]>([
    [[7], { median: 7, min: 7, max: 7 }],
    [[3, 1, 2], { median: 2, min: 1, max: 3 }],
    [[4, 1, 3, 2], { median: 2, min: 1, max: 4 }],
    [[10, 9, 100], { median: 10, min: 9, max: 100 }],
    [[-1, -10], { median: -10, min: -10, max: -1 }],
  ])('of %j is found by size', (values, expected) => {
    expect(rangeOf(values)).toEqual(expected);
  });

  it('of nothing is null', () => {
    expect(rangeOf([])).toBeNull();
  });

  it('has a median that was measured, with no more than half on either side, and leaves the values alone', () => {
    const found = counterexample([fc.array(fc.integer(), { minLength: 1 })], (values) => {
      const before = [...values];
      const range = rangeOf(values);
      const share = (side: (value: number) => boolean) => values.filter(side).length / values.length;
      return (
        range !== null &&
        values.includes(range.median) &&
        share((value) => value < range.median) <= 0.5 &&
        share((value) => value > range.median) <= 0.5 &&
        range.min === Math.min(...values) &&
        range.max === Math.max(...values) &&
        values.every((value, index) => value === before[index])
      );
    });
    expect(found).toBeNull();
  });
});

describe('the report', () => {
  it.each<[string, readonly RunReport[]]>([
    ['a failover', [runReport()]],
    ['no failover', [NO_FAILOVER]],
    ['both', [runReport(), NO_FAILOVER, runReport({ rtoMs: 3_200 })]],
    ['no run', []],
  ])('of %s comes back from JSON as it was', (_what, runs) => {
    const written = drillReport(runs);
    expect(reportSchema.parse(JSON.parse(JSON.stringify(written)))).toEqual(written);
  });

  it('sums up the runs that failed over, and what was added to the detection', () => {
    const { summary } = drillReport([runReport({ rtoMs: 3_400 }), NO_FAILOVER, runReport({ rtoMs: 3_000 })]);
    expect(summary.rtoMs).toEqual({ median: 3_000, min: 3_000, max: 3_400 });
    expect(summary.overheadMs).toEqual({ median: 500, min: 500, max: 900 });
    expect(summary.phases['fenceMs']).toEqual({ median: 100, min: 100, max: 100 });
    expect(Object.keys(summary.phases)).toHaveLength(8);
  });

  it('sums up nothing when no run failed over', () => {
    expect(drillReport([NO_FAILOVER]).summary).toEqual({ rtoMs: null, overheadMs: null, phases: {} });
  });

  it.each<[string, object]>([
    ['a field that is not in the contract', { surprise: 1 }],
    ['a field that is missing', { runs: undefined }],
    ['a run without its invariants', { runs: [{ ...runReport(), invariants: undefined }] }],
    ['a route that does not exist', { runs: [{ ...runReport(), route: 'pigeon' }] }],
  ])('is refused with %s', (_what, changes) => {
    expect(reportSchema.safeParse({ ...drillReport([runReport()]), ...changes }).success).toBe(false);
  });
});
