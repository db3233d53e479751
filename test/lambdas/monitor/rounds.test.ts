import { describe, expect, it } from 'vitest';
import type { Round } from '../../../lambdas/monitor/context.ts';
import { keepRounds, pointAfter } from '../../../lambdas/monitor/rounds.ts';
import type { Watch } from '../../../lambdas/monitor/watch.ts';
import { NOW } from '../../core/examples.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** Rounds each second, a quarter past each, of a watch that does as it is told. */
function rounds() {
  const clock = new VirtualClock(NOW);
  const begunMs: number[] = [];
  const told: Round[] = [];
  const does = { isWell: true, tookMs: 0, fails: false, call: () => {} };
  let goesOn = true;
  const watch: Watch = {
    get isWell() {
      return does.isWell;
    },
    async tick() {
      begunMs.push(clock.now() - NOW);
      if (does.tookMs > 0) await clock.sleep(does.tookMs);
      if (does.fails) throw new Error('it failed');
    },
    untilNext: (atMs) =>
      Promise.race([
        clock.sleep(atMs - clock.now()).then(() => 'due' as const),
        new Promise<'called'>((resolve) => (does.call = () => resolve('called'))),
      ]),
    close: async () => {},
  };
  const log: string[] = [];
  const over = keepRounds({
    cluster: 'orders',
    watch,
    grid: { originMs: NOW - 60_000 + 250, intervalMs: 1_000 },
    clock,
    goesOn: () => goesOn,
    onBegin: () => (round) => told.push(round),
    log: (line) => log.push(line),
  });
  const stop = () => {
    goesOn = false;
    does.call();
    return clock.run(over);
  };
  return { clock, begunMs, told, does, log, stop };
}

describe('rounds', () => {
  it('begin on their grid, and do not drift by what they take', async () => {
    const { clock, begunMs, told, does, stop } = rounds();
    does.tookMs = 300;
    await clock.pass(4_000);
    expect(begunMs).toEqual([250, 1_250, 2_250, 3_250]);
    expect(told[0]).toEqual({ cluster: 'orders', lateMs: 0, tookMs: 300, skipped: 0 });
    await stop();
  });

  it('that take longer than the interval leave points out, and say how many', async () => {
    const { clock, begunMs, told, does, stop } = rounds();
    does.tookMs = 2_400;
    await clock.pass(7_000);
    expect(begunMs).toEqual([250, 3_250, 6_250]);
    expect(told.map((each) => each.skipped)).toEqual([0, 2]);
    await stop();
  });

  it.each([
    [1_000, [250, 1_250, 2_250, 3_250]],
    [1_300, [250, 1_550, 2_850, 4_150]],
  ])('that wait %i ms for a silent primary follow one another', async (tookMs, expected) => {
    const { clock, begunMs, told, does, stop } = rounds();
    does.isWell = false;
    does.tookMs = tookMs;
    await clock.pass(4_200);
    expect(begunMs).toEqual(expected);
    expect(told.every((each) => each.lateMs === 0 && each.skipped === 0)).toBe(true);
    await stop();
  });

  it('are an interval apart after one that waited, also when the next fails at once', async () => {
    const { clock, begunMs, does, stop } = rounds();
    does.isWell = false;
    does.tookMs = 1_900;
    await clock.pass(2_100);
    does.tookMs = 0;
    await clock.pass(3_000);
    expect(begunMs).toEqual([250, 2_150, 3_150, 4_150]);
    await stop();
  });

  it('go on after one that failed', async () => {
    const { clock, begunMs, does, log, stop } = rounds();
    does.fails = true;
    await clock.pass(2_000);
    expect([begunMs, log]).toEqual([
      [250, 1_250],
      ['orders: it failed', 'orders: it failed'],
    ]);
    await stop();
  });

  it('follow from a call that found something wrong, an interval apart, until all is well', async () => {
    const { clock, begunMs, does, stop } = rounds();
    await clock.pass(1_500);
    does.isWell = false;
    does.call();
    await clock.pass(2_000);
    does.isWell = true;
    await clock.pass(1_500);
    expect(begunMs).toEqual([250, 1_250, 1_500, 2_500, 3_500, 4_250]);
    await stop();
  });

  it('stay on their grid after a call that found all well', async () => {
    const { clock, begunMs, does, told, stop } = rounds();
    await clock.pass(1_500);
    does.call();
    await clock.pass(2_000);
    expect(begunMs).toEqual([250, 1_250, 1_500, 2_250, 3_250]);
    expect(told.every((each) => each.lateMs === 0 && each.skipped === 0)).toBe(true);
    await stop();
  });
});

describe('a grid', () => {
  it.each([
    [0, 250],
    [249.5, 250],
    [250, 1_250],
    [1_249, 1_250],
    [-751, -750],
  ])('has after %d its next point at %d', (atMs, pointMs) => {
    expect(pointAfter({ originMs: 250, intervalMs: 1_000 }, atMs)).toBe(pointMs);
  });
});
