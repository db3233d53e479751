import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../lib/core/histogram.ts';

const of = (...durations: number[]) => {
  const histogram = new Histogram();
  for (const each of durations) histogram.add(each);
  return histogram;
};

describe('a histogram of durations', () => {
  it('has no quantile before anything was added, and none after it was cleared', () => {
    const histogram = of();
    expect(histogram.quantile(0.99)).toBeNull();
    histogram.add(5);
    histogram.clear();
    expect(histogram.quantile(0.99)).toBeNull();
  });

  it('gives the longest of few, and not the one slow of many', () => {
    expect(of(4, 4, 180).quantile(0.99)).toBe(200);
    expect(of(...Array.from({ length: 199 }, () => 4), 180).quantile(0.99)).toBe(5);
    expect(of(4, 4, 180).quantile(0.5)).toBe(5);
  });

  it('counts what did not end as longest', () => {
    expect(of(1, Infinity).quantile(1)).toBe(60_000);
  });

  it('never gives less than the true quantile, nor twice as much', () => {
    const durations = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99, 1), (all, share) => {
        const truth = all.toSorted((a, b) => a - b)[Math.ceil(share * all.length) - 1]!;
        const given = of(...all).quantile(share)!;
        expect(given).toBeGreaterThanOrEqual(truth);
        expect(given).toBeLessThanOrEqual(2 * truth);
      }),
    );
  });

  it('adds up with others', () => {
    const sum = of(1, 1);
    sum.addAll(of(100, 100));
    expect([sum.quantile(0.5), sum.quantile(0.99)]).toEqual([1, 100]);
  });
});
