/**
 * @module `Wait`: lets time pass, for a number of seconds or until a timestamp.
 */
import { TIMESTAMP, type StateOf } from '../definition.ts';
import type { StateEntry, StateOutcome } from '../state-entry.ts';

export async function runWait(state: StateOf<'Wait'>, entry: StateEntry): Promise<StateOutcome> {
  await entry.thread.sleep(entry.execution.ports.clock, await durationMs(state, entry));
  return entry.outcome(state, entry.input);
}

/** Nothing for a timestamp that has passed. */
async function durationMs(state: StateOf<'Wait'>, entry: StateEntry): Promise<number> {
  if (state.Seconds !== undefined) return (await entry.evaluateInteger(state.Seconds, 'Seconds', 0)) * 1000;
  if (state.Timestamp === undefined) return 0;
  const timestamp = await entry.evaluate(state.Timestamp, 'Timestamp');
  const time = typeof timestamp === 'string' && TIMESTAMP.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(time)) throw entry.wrongType(state.Timestamp, 'Timestamp', 'timestamp', timestamp);
  return Math.max(0, time - entry.execution.ports.clock.now());
}
