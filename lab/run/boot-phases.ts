/**
 * How long the parts of a lab's boot take, on the timeline of `performance`: a bench observes it, nobody else pays for it.
 *
 * @module
 */

const PREFIX = 'lab boot: ';

/** Notes how long `work`, which runs already, takes from now until it ends well. */
export async function timed<T>(phase: string, work: Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work;
  performance.measure(`${PREFIX}${phase}`, { start, end: performance.now() });
  return result;
}

export interface BootPhase {
  readonly phase: string;
  /** Since the process began, in milliseconds. */
  readonly startMs: number;
  readonly tookMs: number;
}

/** Every phase so far, in the order in which they began. */
export function bootPhases(): readonly BootPhase[] {
  return performance
    .getEntriesByType('measure')
    .filter(({ name }) => name.startsWith(PREFIX))
    .map(({ name, startTime, duration }) => ({
      phase: name.slice(PREFIX.length),
      startMs: startTime,
      tookMs: duration,
    }));
}
