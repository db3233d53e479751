/**
 * @module `Choice`: goes where the first rule with a true condition says.
 *
 * Guarantees: later rules are not evaluated; a rule's own `Assign` and `Output` stand in for the state's, which belong to
 * the `Default`.
 */
import type { StateOf } from '../definition.ts';
import { ErrorName } from '../failure.ts';
import type { StateEntry, StateOutcome } from '../state-entry.ts';

export async function runChoice(state: StateOf<'Choice'>, entry: StateEntry): Promise<StateOutcome> {
  for (const [index, rule] of state.Choices.entries()) {
    const field = `Choices[${index}]/Condition`;
    const holds = await entry.evaluate(rule.Condition, field);
    if (typeof holds !== 'boolean') throw entry.wrongType(rule.Condition, field, 'boolean', holds);
    if (holds) return entry.outcome(rule, entry.input, {}, `Choices[${index}]/`);
  }
  if (state.Default === undefined) {
    // The guide keeps `States.NoChoiceMatched` for later: today's service reports the error that nothing catches.
    const cause = 'Failed to transition out of the state. The state does not point to a next state.';
    throw entry.failure(ErrorName.runtime, cause);
  }
  return entry.outcome({ ...state, Next: state.Default }, entry.input);
}
