/**
 * The noise of bench/noise, a little of it: what is no death starts nothing that would be confirmed, and what is one is
 * found. `npm run bench:noise` goes through thousands of hours.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { Conditions } from '../../bench/noise/conditions.ts';
import { scriptsOfHour } from '../../bench/noise/generate.ts';
import { hoursOf } from '../../bench/noise/hours.ts';
import { judge } from '../../bench/noise/judge.ts';
import { playStretch } from '../../bench/noise/stretch.ts';
import { emptyTally } from '../../bench/noise/tally.ts';
import { boundOf } from '../../bench/noise/theory.ts';
import { DEATHS, type DeathKind, type Noise, type Script } from '../../bench/noise/script.ts';
import { exampleCluster } from '../fakes/example-config.ts';

const HOURS = 8;
const SEED = 20261121;

function script(noise: readonly Noise[], death: DeathKind | null = null): Script {
  return {
    seed: 1,
    stream: 1,
    zones: ['a', 'b', 'c'],
    stepsZone: 'b',
    skewMs: { a: 0, b: 300, c: -400, steps: 100 },
    phaseMs: { a: 100, b: 400, c: 800 },
    noise,
    death: death === null ? null : { kind: death, atMs: 7_000 },
  };
}

describe('hours of noise', () => {
  it('[invariant 7] change nothing, and hide no death', async () => {
    const tally = emptyTally();
    for (let hour = 0; hour < HOURS; hour += 1) await hoursOf(SEED, hour, tally);
    expect(tally.wrong).toEqual([]);
    expect(tally.stretches).toBeGreaterThan(HOURS);
  }, 60_000);

  it.each(DEATHS)('find a death with nothing else going on: %s', async (death) => {
    expect((await playStretch(script([], death))).ending).toMatchObject({ kind: 'found', loss: death });
  });

  // Found by the noise, and open.
  it('give a replica that comes back after a long stall the time to acknowledge it', async () => {
    const endings = new Set<string>();
    // It depends on when in a round they come back.
    for (let forMs = 37_000; forMs < 39_000; forMs += 250) {
      const { ending } = await playStretch({
        ...script([{ kind: 'partition', zone: 'b', fromMs: 6_000, forMs }]),
        zones: ['a', 'b', 'b'],
        stepsZone: 'a',
        skewMs: { a: 0, b: 0, c: 0, steps: 0 },
        phaseMs: { a: 792, b: 573, c: 382 },
      });
      endings.add(ending.kind);
    }
    expect([...endings]).toEqual(['quiet']);
  });

  it('do not let votes grow old while Confirm waits for a replica that died with the zone', async () => {
    for (const skewMs of [-500, 0, 500]) {
      const lost = script([], 'zone');
      const { standDowns } = await playStretch({
        ...lost,
        zones: ['a', 'a', 'b'],
        skewMs: { a: 0, b: -skewMs, c: -skewMs, steps: skewMs },
      });
      expect(standDowns).toBe(0);
    }
  });

  it('find a hang within the time that it may take in theory', async () => {
    const { ending } = await playStretch(script([], 'hang'));
    const { mostMs } = boundOf('hang', exampleCluster().detection);
    expect(ending).toMatchObject({ kind: 'found' });
    expect(ending.kind === 'found' ? ending.detectMs : Infinity).toBeLessThanOrEqual(mostMs);
  });

  it('are the same again with the same seed', async () => {
    const busiest = scriptsOfHour(SEED, 3).toSorted((a, b) => b.noise.length - a.noise.length)[0]!;
    expect(scriptsOfHour(SEED, 3)).toContainEqual(busiest);
    expect(await playStretch(busiest, true)).toEqual(await playStretch(busiest, true));
  });
});

describe('the judge of the noise', () => {
  const pause: Noise = { kind: 'pause', host: 'db-1', fromMs: 6_000, forMs: 2_000 };

  it('calls a change false while the primary only pauses', () => {
    expect(judge(new Conditions(script([pause])), 7_000, 'dead')).toMatchObject({ kind: 'false' });
  });

  it('calls it found once the primary is dead', () => {
    const ending = judge(new Conditions(script([pause], 'crash')), 9_500, 'dead');
    expect(ending).toEqual({ kind: 'found', loss: 'crash', detectMs: 2_500 });
  });

  it('calls it found while the zone of the primary is cut off, and false after', () => {
    const conditions = new Conditions(script([{ kind: 'partition', zone: 'a', fromMs: 6_000, forMs: 5_000 }]));
    expect(judge(conditions, 10_999, 'dead')).toMatchObject({ kind: 'found', loss: 'partition' });
    expect(judge(conditions, 11_000, 'dead')).toMatchObject({ kind: 'false' });
  });
});
