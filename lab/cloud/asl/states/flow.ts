/**
 * @module `Pass`, `Succeed` and `Fail`: the states that only shape data or end a region.
 */
import type { StateOf } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import type { StateEntry, StateOutcome } from '../state-entry.ts';

export function runPass(state: StateOf<'Pass'>, entry: StateEntry): Promise<StateOutcome> {
  return entry.outcome(state, entry.input);
}

export function runSucceed(state: StateOf<'Succeed'>, entry: StateEntry): Promise<StateOutcome> {
  return entry.outcome(state, entry.input);
}

/** Never succeeds. The error and the cause go out as they are, without the name of the state. */
export async function runFail(state: StateOf<'Fail'>, entry: StateEntry): Promise<never> {
  const error = await textOf('Error', state, entry);
  const cause = await textOf('Cause', state, entry);
  throw new StateFailure(error, cause);
}

async function textOf(
  field: 'Error' | 'Cause',
  state: StateOf<'Fail'>,
  entry: StateEntry,
): Promise<string | undefined> {
  const template = state[field];
  if (template === undefined) return undefined;
  const value = await entry.evaluate(template, field);
  if (typeof value !== 'string') throw entry.wrongType(template, field, 'string', value);
  return value;
}
