/**
 * @module Which workflow variables each state reads, as `DescribeStateMachine` tells it.
 */
import type { Region, State } from './definition.ts';
import { expressionText, namesIn } from './expression.ts';

/** The variables by the states that read them, in order; a state that reads none is left out. */
export function variableReferences(machine: Region): Record<string, string[]> {
  const states = [...statesIn(machine)];
  // Functions and what an expression binds for itself look the same: a variable of the workflow is assigned somewhere.
  const variables = new Set(states.flatMap(([, state]) => assignedIn(state)));
  const references = states.map(([name, state]): [string, string[]] => {
    const names = new Set(expressionsIn(ownFields(state)).flatMap((text) => [...namesIn(text)]));
    return [name, [...names].filter((each) => variables.has(each)).toSorted()];
  });
  return Object.fromEntries(references.filter(([, names]) => names.length > 0));
}

function* statesIn(region: Region): Generator<[name: string, state: State]> {
  for (const [name, state] of Object.entries(region.States)) {
    yield [name, state];
    if (state.Type === 'Map') yield* statesIn(state.ItemProcessor);
    if (state.Type === 'Parallel') for (const branch of state.Branches) yield* statesIn(branch);
  }
}

/** Names that the state assigns, by itself, by a rule of a `Choice` or by a catcher. */
export function assignedIn(state: State): string[] {
  const fields = [
    'Assign' in state ? state.Assign : undefined,
    ...('Choices' in state ? state.Choices.map((rule) => rule.Assign) : []),
    ...('Catch' in state ? (state.Catch ?? []).map((catcher) => catcher.Assign) : []),
  ];
  return fields.flatMap((assign) => Object.keys(assign ?? {}));
}

function ownFields(state: State): unknown[] {
  return Object.entries(state).flatMap(([field, value]: [string, unknown]) =>
    field === 'Branches' || field === 'ItemProcessor' ? [] : [value],
  );
}

function expressionsIn(value: unknown): string[] {
  const text = expressionText(value);
  if (text !== undefined) return [text];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : [];
}
