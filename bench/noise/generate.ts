/**
 * Draws the noise of hours. What happens comes at random, and often in company, as trouble does; what overlaps, or nearly
 * does, is one busy stretch. Between two of them nothing happens at all, so nothing is simulated there: the monitors have
 * settled after each (stretch.ts checks it), and in a settled world every round is like the one before.
 *
 * @module
 */
import { MAX_CLOCK_SKEW_MS } from '../../lib/core/ballot.ts';
import { Random } from '../../test/histories/random.ts';
import {
  DEATHS,
  MONITORS,
  NODES,
  PRIMARY,
  type Death,
  type DeathKind,
  type NodeId,
  type Noise,
  type Script,
  type Zone,
} from './script.ts';

/** Noises of an hour, on average, besides those that come in company. */
const NOISES_AN_HOUR = 4;
const BRINGS_COMPANY = 0.45;
const MOST_COMPANY = 3;
/** Company comes within this, in milliseconds. */
const NEAR_MS = 15_000;
/** One hour in so many has a death. */
const HOURS_A_DEATH = 4;
const DEATH_IN_NOISE = 0.6;
/** Before the first noise: what a monitor remembers is then what it remembers in quiet. */
export const SETTLES_MS = 6_000;

const ZONES: readonly [Zones, ...Zones[]] = [
  ['a', 'b', 'c'],
  ['a', 'a', 'b'],
  ['a', 'b', 'b'],
  ['a', 'a', 'a'],
];
type Zones = Script['zones'];

const LONGEST_PAUSE_MS = 2_000;
/** Answers of a server under load take up to this on average: many take longer than the timeout then. */
const SLOWEST_MS = 600;
const LOSS = 0.3;
const LOSS_MS = 20_000;
/** Longer stalls are deaths. */
const LONGEST_STALL_MS = 27_000;

/** The busy stretches of one hour. The same hour of the same seed is always the same. */
export function scriptsOfHour(seed: number, hour: number): readonly Script[] {
  const random = new Random(seed, hour);
  const scripts: Script[] = [];
  const deathIn = random.chance(1 / HOURS_A_DEATH) ? { alone: !random.chance(DEATH_IN_NOISE) } : null;
  const count = poisson(random, NOISES_AN_HOUR);
  for (let index = 0; index < count; index += 1) {
    const dies = deathIn !== null && !deathIn.alone && index === 0;
    scripts.push(scriptOf(random, seed, stream(hour, index), { quiet: false, dies }));
  }
  if (deathIn !== null && (deathIn.alone || count === 0)) {
    scripts.push(scriptOf(random, seed, stream(hour, count), { quiet: true, dies: true }));
  }
  return scripts;
}

function stream(hour: number, index: number): number {
  return hour * 64 + index;
}

function scriptOf(
  random: Random,
  seed: number,
  of: number,
  { quiet, dies }: { quiet: boolean; dies: boolean },
): Script {
  const zones = random.pick(ZONES);
  const noise: Noise[] = [];
  if (!quiet) {
    noise.push(noiseAt(random, SETTLES_MS, zones));
    if (random.chance(BRINGS_COMPANY)) {
      const company = random.int(1, MOST_COMPANY);
      for (let each = 0; each < company; each += 1) {
        const more = noiseAt(random, SETTLES_MS + random.int(0, NEAR_MS), zones);
        // Two stalls in a row might be one that is long enough to be a death.
        if (more.kind !== 'disk-stall' || noise.every(({ kind }) => kind !== 'disk-stall')) noise.push(more);
      }
    }
  }
  const death = dies ? deathAt(random, noise, zones) : null;
  return {
    seed,
    stream: of,
    zones,
    stepsZone: awayFrom(random, noise, death, zones),
    // Any two clocks differ by the bound at most.
    skewMs: fromEach([...MONITORS, 'steps'] as const, () => random.int(-MAX_CLOCK_SKEW_MS / 2, MAX_CLOCK_SKEW_MS / 2)),
    phaseMs: fromEach(MONITORS, () => random.int(0, 999)),
    noise,
    death,
  };
}

function noiseAt(random: Random, fromMs: number, zones: readonly Zone[]): Noise {
  const host = () => random.pick([...NODES, ...MONITORS]);
  const secondsUpTo = (most: number) => random.int(500, most * 1_000);
  switch (random.int(0, 11)) {
    case 0:
    case 1:
      // The primary most often: it is what matters.
      return {
        kind: 'pause',
        host: random.chance(0.6) ? PRIMARY : host(),
        fromMs,
        forMs: random.int(50, LONGEST_PAUSE_MS),
      };
    case 2:
    case 3:
      return { kind: 'loss', host: random.chance(0.5) ? PRIMARY : host(), part: LOSS, fromMs, forMs: LOSS_MS };
    case 4:
      return { kind: 'zone-loss', zone: random.pick(MONITORS), part: LOSS, fromMs, forMs: LOSS_MS };
    case 5:
    case 6:
      return {
        kind: 'load',
        node: random.pick(NODES),
        meanMs: random.int(50, SLOWEST_MS),
        fromMs,
        forMs: secondsUpTo(30),
      };
    case 7: {
      const node = random.chance(0.3) ? PRIMARY : random.pick<NodeId>(['db-2', 'db-3']);
      // A supervisor starts it at once; a replica may take its time.
      return { kind: 'restart', node, fromMs, forMs: random.int(100, node === PRIMARY ? 1_000 : 30_000) };
    }
    case 8:
      return {
        kind: 'blind',
        monitor: random.pick(MONITORS),
        table: random.chance(0.5),
        fromMs,
        forMs: secondsUpTo(40),
      };
    case 9:
      return { kind: 'monitor-death', monitor: random.pick(MONITORS), fromMs, forMs: random.int(10_000, 60_000) };
    case 10: {
      return {
        kind: 'partition',
        zone: pickOf(
          random,
          MONITORS.filter((zone) => zone !== zones[0]),
        ),
        fromMs,
        forMs: secondsUpTo(40),
      };
    }
    default:
      return { kind: 'disk-stall', fromMs, forMs: secondsUpTo(LONGEST_STALL_MS / 1_000) };
  }
}

function deathAt(random: Random, noise: readonly Noise[], zones: readonly Zone[]): Death {
  const last = Math.max(SETTLES_MS, ...noise.map(({ fromMs, forMs }) => fromMs + forMs));
  const atMs = random.int(SETTLES_MS, last + 2_000);
  const kinds = DEATHS.filter((kind) => kind !== 'zone' || zones.some((zone) => zone !== zones[0]));
  return { kind: pickOf<DeathKind>(random, kinds), atMs };
}

/** Lambda runs a function elsewhere when a zone is gone or cut off. */
function awayFrom(random: Random, noise: readonly Noise[], death: Death | null, zones: readonly Zone[]): Zone {
  const cut = new Set<Zone>(noise.flatMap((each) => (each.kind === 'partition' ? [each.zone] : [])));
  const [home] = zones;
  if (death?.kind === 'zone' && home !== undefined) cut.add(home);
  const left = MONITORS.filter((zone) => !cut.has(zone));
  return left.length === 0 ? 'a' : pickOf<Zone>(random, left);
}

/** @param choices at least one */
function pickOf<T>(random: Random, choices: readonly T[]): T {
  const [first, ...rest] = choices;
  if (first === undefined) throw new Error('there is nothing to choose from');
  return random.pick([first, ...rest]);
}

function fromEach<K extends string>(keys: readonly K[], value: () => number): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, value()])) as Record<K, number>;
}

/** How often something that comes by itself comes, when it comes so often on average. */
function poisson(random: Random, mean: number): number {
  let count = 0;
  for (let left = Math.exp(-mean), product = random.fraction(); product > left; product *= random.fraction())
    count += 1;
  return count;
}
