/**
 * Many histories of one seed, until one breaks a promise, the time is over, or there have been enough.
 *
 * @module
 */
import { DrawnFaults } from './faults.ts';
import { drawHistory } from './generate.ts';
import { runHistory } from './history.ts';
import { Random } from './random.ts';
import { printScript, type Script } from './script.ts';
import { shrink, violationOf } from './shrink.ts';
import type { Steps } from './steps.ts';

export interface Bounds {
  readonly seed: number;
  /** Histories are numbered; the first, and how many further the next is. */
  readonly from?: number;
  readonly stride?: number;
  readonly histories?: number;
  readonly seconds?: number;
  readonly steps?: Steps;
}

export interface Tally {
  histories: number;
  /** Executions by how they ended. */
  readonly ends: Record<string, number>;
  /** Proofs of the fence, by kind. */
  readonly proofs: Record<string, number>;
  /** Histories in which a server was opened; and in which more than one change opened one. */
  promoted: number;
  promotedTwice: number;
  /** Number of the history that broke a promise. */
  failed: number | null;
  /** Time of the processor that it took, in milliseconds: on a busy machine much less than time. */
  processorMs: number;
}

export function emptyTally(): Tally {
  return { histories: 0, ends: {}, proofs: {}, promoted: 0, promotedTwice: 0, failed: null, processorMs: 0 };
}

/** @param progress told about each second */
export async function campaign(bounds: Bounds, progress: (tally: Tally) => void = () => {}): Promise<Tally> {
  const { from = 0, stride = 1, histories = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = bounds;
  const tally = emptyTally();
  const processor = process.cpuUsage();
  const startedAtMs = performance.now();
  let saidAtMs = startedAtMs;
  for (let index = from; tally.histories < histories; index += stride) {
    const nowMs = performance.now();
    if (nowMs - startedAtMs > seconds * 1_000) break;
    if (nowMs - saidAtMs > 1_000) {
      saidAtMs = nowMs;
      tally.processorMs = processorMsSince(processor);
      progress(tally);
      // Lets others in: histories themselves never wait for a turn of the loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { violation, ends, promotions, world } = await drawn(bounds, index);
    tally.histories += 1;
    for (const end of ends) tally.ends[end] = (tally.ends[end] ?? 0) + 1;
    for (const event of world.state.eventsNow) {
      if (event.code === 'fence-proven') tally.proofs[event.proof] = (tally.proofs[event.proof] ?? 0) + 1;
    }
    if (promotions > 0) tally.promoted += 1;
    if (promotions > 1) tally.promotedTwice += 1;
    if (violation === null) continue;
    tally.failed = index;
    break;
  }
  tally.processorMs = processorMsSince(processor);
  return tally;
}

function processorMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** The history of that number, as a script. */
export async function scriptOf(bounds: Bounds, index: number): Promise<Script> {
  const { script } = await drawn(bounds, index);
  return script;
}

/** Everything that a person needs of a history that broke a promise. */
export async function explain(bounds: Bounds, index: number): Promise<string> {
  const options = bounds.steps === undefined ? {} : { steps: bounds.steps };
  const smallest = await shrink(await scriptOf(bounds, index), options);
  const log: string[] = [];
  const violation = await violationOf(smallest, { ...options, log });
  return [
    `seed ${bounds.seed}, history ${index}: ${violation?.message ?? 'nothing is broken any more'}`,
    printScript(smallest),
    ...log.map((line) => (line.length > 250 ? `${line.slice(0, 249)}…` : line)),
  ].join('\n');
}

async function drawn({ seed, steps }: Bounds, index: number) {
  const random = new Random(seed, index);
  const { setting, events, faultPlan } = drawHistory(random);
  const faults = new DrawnFaults(random, faultPlan);
  const history = await runHistory({ setting, events }, faults, steps === undefined ? {} : { steps });
  return { ...history, script: { setting, events, faults: faults.drawn } };
}
