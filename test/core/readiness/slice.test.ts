import { assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REHEARSAL_MINUTES, runsInRound, sliceAt } from '../../../lib/core/readiness/slice.ts';

const RUN_MS = REHEARSAL_MINUTES * 60_000;
const clusters = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the slice of a run', () => {
  it('is every cluster while they are few', () => {
    for (const count of [1, 2, 3]) expect(sliceAt(clusters(count), 12_345 * RUN_MS)).toEqual(clusters(count));
  });

  it('gives each cluster one turn in a round, which takes an hour, or longer where a run would have too many', () => {
    assert(
      property(integer({ min: 1, max: 1_500 }), nat(1_000_000), (count, start) => {
        const runs = runsInRound(count);
        expect(runs).toBeLessThanOrEqual(Math.max(12, Math.ceil(count / 20)));
        expect(sliceAt(clusters(count), start * RUN_MS).length).toBeLessThanOrEqual(20);
        const round = clusters(runs).flatMap((run) => sliceAt(clusters(count), (start + run) * RUN_MS));
        expect([...round].sort((a, b) => a - b)).toEqual(clusters(count));
      }),
    );
  });

  it('is never empty, and the same for every function that is asked in the same run', () => {
    assert(
      property(integer({ min: 1, max: 1_500 }), nat(1_000_000), nat(RUN_MS - 1), (count, run, lateMs) => {
        const slice = sliceAt(clusters(count), run * RUN_MS);
        expect(slice.length).toBeGreaterThan(0);
        expect(sliceAt(clusters(count), run * RUN_MS + lateMs)).toEqual(slice);
      }),
    );
  });
});
