import { describe, expect, test } from 'vitest';
import { type Distribution, distributionSchema, sample } from '../../../../lab/cloud/faults/distribution.ts';
import { parseFaultRules } from '../../../../lab/cloud/faults/rule.ts';

const THROTTLE = { kind: 'throttle' };

describe('rules that can’t be used name the rule, the field, what was received and the fix', () => {
  test.each<[unknown, string]>([
    [{}, 'f.json: rules: received {}; use a JSON list of rules'],
    [[], 'f.json: rules: received []; use one rule at least'],
    [[{ fault: THROTTLE }, { fault: { kind: 'slow' } }], 'f.json: rule 2, fault.kind: received "slow"; '],
    [[{ service: 's3', fault: THROTTLE }], 'f.json: rule 1, service: received "s3"; '],
    [[{ acton: 'x', fault: THROTTLE }], 'Unrecognized key: "acton"'],
    [[{ from: 0, fault: THROTTLE }], 'rule 1, from: received 0; '],
    [[{ action: 'x' }], 'rule 1, fault: received nothing; '],
    [[{ fault: { kind: 'timeout', how: 'soon' } }], 'rule 1, fault.how: received "soon"; '],
    [
      [{ fault: { kind: 'latency', added: { distribution: 'uniform', minMs: 9, maxMs: 3 } } }],
      'rule 1, fault.added: received {"distribution":"uniform","minMs":9,"maxMs":3}; use a minMs of at most maxMs',
    ],
    [
      [{ fault: { kind: 'latency', added: { distribution: 'log-normal', p50Ms: 9, p99Ms: 3 } } }],
      'use a p50Ms of at most p99Ms',
    ],
  ])('%j', (value, message) => {
    expect(() => parseFaultRules(value, 'f.json')).toThrow(message);
  });
});

describe('a latency', () => {
  /** The same numbers in each run: a linear congruential generator. */
  function seeded() {
    let state = 42;
    return () => (state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296;
  }
  const drawn = (distribution: Distribution) => {
    const random = seeded();
    const drawnValues = Array.from({ length: 20_000 }, () => sample(distributionSchema.parse(distribution), random));
    const sorted = drawnValues.sort((a, b) => a - b);
    return { min: sorted[0], p50: sorted[10_000], p99: sorted[19_800], max: sorted.at(-1) };
  };

  test('that is fixed is always the same', () => {
    expect(drawn({ distribution: 'fixed', ms: 7 })).toEqual({ min: 7, p50: 7, p99: 7, max: 7 });
  });

  test('that is uniform lies between its ends, as often below the middle as above', () => {
    const { min, p50, max } = drawn({ distribution: 'uniform', minMs: 10, maxMs: 30 });
    expect(min).toBeGreaterThanOrEqual(10);
    expect(max).toBeLessThan(30);
    expect(p50).toBeCloseTo(20, 0);
  });

  test('that is log-normal has the median and the 99th percentile that were asked for', () => {
    const { p50 = 0, p99 = 0, max = 0 } = drawn({ distribution: 'log-normal', p50Ms: 20, p99Ms: 400 });
    expect(p50 / 20).toBeCloseTo(1, 1);
    expect(p99 / 400).toBeGreaterThan(0.9);
    expect(p99 / 400).toBeLessThan(1.1);
    expect(max).toBeGreaterThan(400);
  });
});
