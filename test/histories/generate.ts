/**
 * Draws histories: a primary that is lost in one of the ways in which primaries are, or that monitors only believe to
 * be lost, while other things go on as they please.
 *
 * @module
 */
import type { FaultPlan } from './faults.ts';
import type { Random } from './random.ts';
import type { Setting, WorldEvent } from './script.ts';

/** When the primary is lost, and when monitors start a change for it, at the earliest. */
const LOST_AT_MS = 1_000;
const AGREED_AT_MS = 3_500;

export interface Drawn {
  readonly setting: Setting;
  readonly events: readonly WorldEvent[];
  readonly faultPlan: FaultPlan;
}

export function drawHistory(random: Random): Drawn {
  const setting = drawSetting(random);
  const events = [...drawLoss(random), ...drawStarts(random)];
  const noise = random.pick([0, 0, 1, 3, 8]);
  for (let count = 0; count < noise; count += 1) events.push(...drawNoise(random, setting));
  const commits = random.int(0, 12);
  for (let count = 0; count < commits; count += 1) {
    events.push({
      at: drawMoment(random),
      do: 'commit',
      node: random.chance(0.6) ? 'db-1' : drawNode(random, setting),
    });
  }
  return {
    setting,
    events: events.toSorted((a, b) => a.at - b.at),
    faultPlan: drawFaultPlan(random),
  };
}

/** Everywhere a little, or much in one or two steps, where it takes several things at once to do harm. */
function drawFaultPlan(random: Random): FaultPlan {
  if (random.chance(0.5)) return { rate: random.pick([0, 0.005, 0.02, 0.05, 0.15]) };
  const steps = [random.pick(STEPS), ...(random.chance(0.4) ? [random.pick(STEPS)] : [])];
  return { rate: random.pick([0.05, 0.15, 0.3]), steps };
}

/** As callers are called: execution, step, number. */
const STEPS = [
  ' open ',
  ' revoke-acks ',
  ' demote ',
  ' prove ',
  ' settle ',
  ' reopen ',
  ' reopen ',
  ' promote ',
  ' promote ',
  ' promote ',
  ' repoint ',
  ' repoint ',
  ' move-address ',
  ' point-record ',
  ' close ',
  ' halt ',
] as const satisfies readonly string[];

function drawSetting(random: Random): Setting {
  const nodes = random.pick([2, 3, 3, 3, 4] as const);
  const semiSync = random.chance(0.6) ? 'required' : 'off';
  const never = random.chance(0.1) ? { never: `db-${random.int(2, nodes)}` } : {};
  return {
    engine: random.chance(0.7) ? 'mariadb' : 'mysql',
    nodes,
    semiSync,
    bootsReadOnly: random.chance(0.6),
    survivesRestart: random.chance(0.6),
    // Where it does, acks are revoked only until the replica restarts: see found/.
    startsReceiving: false,
    stopMs: random.chance(0.005) ? -1 : random.pick([1_000, 3_000, 8_000, 8_000, 20_000]),
    remapMs: random.pick([0, 200, 2_000]),
    ...never,
  };
}

function drawLoss(random: Random): WorldEvent[] {
  const at = LOST_AT_MS;
  const node = 'db-1';
  switch (random.int(0, 10)) {
    case 8:
    case 9:
      // Its supervisor starts it again before anybody finds it dead.
      return [
        { at, do: 'kill', node },
        { at: at + random.int(20, 1_500), do: 'restart', node },
      ];
    case 10:
      return [{ at, do: 'stall disk', node }];
    case 0:
    case 1:
      return [{ at, do: 'kill', node }];
    case 2:
      return [{ at, do: 'hang', node }];
    case 3:
      return [{ at, do: 'power off', node }];
    case 4:
      return cutOff(['monitors', 'steps'], at);
    case 5:
      return cutOff(['monitors', 'steps', 'db-2', 'db-3', 'db-4'], at);
    case 6:
      return cutOff(['monitors'], at);
    default:
      return ['a', 'b', 'c'].map((monitor) => ({ at, do: 'lie', monitor }));
  }
}

function cutOff(from: readonly string[], at: number): WorldEvent[] {
  return from.map((viewer) => ({ at, do: 'cut', between: [viewer, 'db-1'] }));
}

function drawStarts(random: Random): WorldEvent[] {
  const monitors: WorldEvent[] = ['a', 'b', 'c']
    .filter(() => random.chance(0.8))
    .map((monitor) => ({ at: AGREED_AT_MS + random.int(0, 1_500), do: 'monitor starts', monitor }));
  if (random.chance(0.05)) {
    for (let count = random.int(2, 20); count > 0; count -= 1) {
      monitors.push({ at: AGREED_AT_MS, do: 'monitor starts', monitor: 'a', name: `also-${count}` });
    }
  }
  const later = random.pick([0, 0, 1, 2, 4]);
  for (let count = 0; count < later; count += 1) monitors.push(drawMeddling(random));
  return monitors;
}

function drawMeddling(random: Random): WorldEvent {
  const at = random.int(AGREED_AT_MS, 120_000);
  switch (random.int(0, 5)) {
    case 0:
      return { at, do: 'abort' };
    case 1:
      return { at, do: 'redrive' };
    case 2:
      return { at, do: 'monitor starts', monitor: random.pick(['a', 'b', 'c']) };
    case 3:
      return { at, do: 'abort' };
    default:
      return {
        at,
        do: 'operator starts',
        name: `by-hand-${at}`,
        force: random.chance(0.7),
        ...(random.chance(0.3) ? { dismisses: true } : {}),
        ...(random.chance(0.05) ? { mode: 'switchover' } : {}),
      };
  }
}

function drawNoise(random: Random, setting: Setting): WorldEvent[] {
  const at = drawMoment(random);
  const node = drawNode(random, setting);
  const soon = at + random.int(20, 3_000);
  switch (random.int(0, 14)) {
    case 0:
      return [{ at, do: 'kill', node }];
    case 1:
      return [{ at, do: 'hang', node }];
    case 2:
      return [
        { at, do: 'hang', node },
        { at: soon, do: 'resume', node },
      ];
    case 3:
      return [
        { at, do: 'kill', node },
        { at: soon, do: 'restart', node },
      ];
    case 4:
      return [{ at, do: random.chance(0.5) ? 'restart' : 'resume', node: random.chance(0.7) ? 'db-1' : node }];
    case 5:
      return [{ at, do: random.chance(0.5) ? 'cut' : 'mend', between: ['steps', node] }];
    case 6:
      return [
        { at, do: 'cut', between: ['steps', node] },
        { at: soon, do: 'mend', between: ['steps', node] },
      ];
    case 7:
      return [{ at, do: random.chance(0.5) ? 'cut' : 'mend', between: [drawNode(random, setting), node] }];
    case 8:
      return [{ at, do: 'slow applier', node, takesMs: random.pick([0, 500, 5_000, 40_000, 90_000]) }];
    case 9:
      return [{ at, do: random.chance(0.5) ? 'stop applier' : 'stop receiver', node }];
    case 10:
      return [{ at, do: random.pick(['lie', 'fall silent', 'speak true']), monitor: random.pick(['a', 'b', 'c']) }];
    case 11:
      return [{ at, do: 'power off', node }];
    case 12:
      return [
        { at, do: 'stall disk', node },
        { at: soon, do: 'disk goes on', node },
      ];
    default:
      return [{ at, do: 'rejoin', node: random.chance(0.7) ? 'db-1' : node }];
  }
}

function drawNode(random: Random, { nodes }: Setting): string {
  return `db-${random.int(1, nodes)}`;
}

/** Mostly while the first change is under way. */
function drawMoment(random: Random): number {
  const when = random.int(0, 9);
  if (when < 5) return AGREED_AT_MS + random.int(0, 1_500);
  if (when < 8) return random.int(0, 15_000);
  return random.int(15_000, 120_000);
}
