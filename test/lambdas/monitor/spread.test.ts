import { expect, test } from 'vitest';
import { turnsOf } from '../../../lambdas/monitor/spread.ts';

const EVERY_MS = 5_000;
const names = Array.from({ length: 1_000 }, (_, n) => `cluster-${n + 1}`);

/** Plays a minute, a look each second, and counts how often each name was due in each second. */
function play(everyMs: number): Map<string, number[]> {
  return new Map(
    names.map((name, index) => {
      const isDue = turnsOf(name, everyMs);
      let lastMs = -Infinity;
      const due: number[] = [];
      for (let nowMs = 1_795_000_000_000 + index; nowMs < 1_795_000_060_000; nowMs += 1_000) {
        if (!isDue(lastMs, nowMs)) continue;
        lastMs = nowMs;
        due.push(Math.floor((nowMs - 1_795_000_000_000) / 1_000));
      }
      return [name, due];
    }),
  );
}

test('what was never done is due, then early once, then every five seconds', () => {
  for (const due of play(EVERY_MS).values()) {
    expect(due[0]).toBe(0);
    expect(due[1]).toBeGreaterThan(0);
    expect(due[1]).toBeLessThanOrEqual(5);
    for (let n = 2; n < due.length; n += 1) expect(due[n]! - due[n - 1]!).toBe(5);
  }
});

test('after the first time, no second has much more than a fifth of a thousand clusters', () => {
  const bySecond = new Map<number, number>();
  for (const due of play(EVERY_MS).values())
    for (const second of due.slice(1)) bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  const counts = [...bySecond.values()];
  expect(counts.length).toBeGreaterThan(50);
  expect(Math.max(...counts)).toBeLessThan(300);
});
