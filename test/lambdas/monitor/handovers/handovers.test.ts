import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { judge, tooLong } from './judge.ts';
import { simulate } from './simulation.ts';

const INTERVAL_MS = 1_000;

it('of one invocation to the next add at most a fifth of a second to the interval, whatever the scheduler does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(),
        duplicates: fc.constantFrom(0, 0.2),
        missed: fc.constantFrom(0, 0.3),
        killsAnHour: fc.constantFrom(0, 4),
        outagesADay: fc.constantFrom(0, 48),
      }),
      async (conditions) => {
        const course = await simulate({ ...conditions, hours: 1 }, 1);
        const findings = judge(course, INTERVAL_MS);
        expect(findings.gaps.length).toBeGreaterThanOrEqual(3);
        expect(tooLong(findings)).toEqual([]);
        expect(findings.overlaps).toEqual([]);
        expect(findings.longestWithinMs).toBeLessThanOrEqual(INTERVAL_MS + 50);
      },
    ),
    { numRuns: 2 },
  );
}, 30_000);
