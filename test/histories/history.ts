/**
 * Runs one history from its script to its end, and says what became of it.
 *
 * @module
 */
import { awaken, befall } from './adversary.ts';
import type { Faults } from './faults.ts';
import { Violation } from './oracle.ts';
import type { Script } from './script.ts';
import { REAL_STEPS, type Steps } from './steps.ts';
import { World } from './world.ts';

/** Things that happen in a history, at most; a usual one has some hundreds. */
const MOST = 200_000;

export interface History {
  readonly violation: Violation | null;
  /** How each execution ended, by its last state or its error. */
  readonly ends: readonly string[];
  readonly promotions: number;
  readonly world: World;
}

export interface Options {
  readonly steps?: Steps;
  /** Filled with what happens, line by line. */
  readonly log?: string[];
}

/** @throws whatever is wrong with the harness itself, or with a step that never ends */
export async function runHistory(
  script: Pick<Script, 'setting' | 'events'>,
  faults: Faults,
  { steps = REAL_STEPS, log }: Options = {},
): Promise<History> {
  const world = new World(script, faults, steps, log ?? null);
  for (const event of script.events) world.timeline.after(event.at, () => befall(world, event));
  let violation: Violation | null = null;
  try {
    await world.timeline.run(MOST);
    awaken(world);
    await world.timeline.run(MOST);
    world.oracle.atTheEnd();
    const endless = [...world.machine.executions.values()].find((each) => each.status === 'running');
    if (endless !== undefined) throw new Error(`${endless.name} never ends`);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error;
    world.note(error.message);
  }
  const ends = [...world.machine.executions.values()].map((each) => each.end);
  return { violation, ends, promotions: world.oracle.promotions.size, world };
}

/** Steps write to the function's log whom they could not tell, and histories have thousands of those. */
export function muteFunctionLogs(): void {
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (chunk: string | Uint8Array) => String(chunk).startsWith('could not notify') || write(chunk);
}
