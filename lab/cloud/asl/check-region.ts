/**
 * @module Whether the states of a definition fit together.
 *
 * Guarantees: every transition names a state beside it, every state can be reached, every region can end, names are unique
 * in the whole machine, and no inner state assigns a variable of an outer scope.
 */
import { checkExpression } from './check-expression.ts';
import type { Region, State } from './definition.ts';
import type { Diagnostic } from './diagnostic.ts';
import { expressionText } from './expression.ts';

/** The language's identifiers, up to the service's length. */
const VARIABLE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;
const MAX_STATE_NAME_LENGTH = 80;

interface Surroundings {
  /** Where the region stands in the definition; empty for the machine. */
  readonly location: string;
  /** Names of the states seen so far, in all regions. */
  readonly stateNames: Set<string>;
  /** Variables that the regions around assign. */
  readonly outerVariables: ReadonlySet<string>;
}

export function checkMachine(machine: Region): Diagnostic[] {
  return [...checkRegion(machine, { location: '', stateNames: new Set(), outerVariables: new Set() })];
}

function* checkRegion(region: Region, around: Surroundings): Generator<Diagnostic> {
  const { location, stateNames, outerVariables } = around;
  const names = Object.keys(region.States);
  yield* missingTargets([region.StartAt], names, `${location}/StartAt`);
  const reached = reachableFrom(region);
  if (![...reached].some((name) => endsRegion(region.States[name]))) {
    yield { code: 'MISSING_END_STATE', message: 'No terminal state can be reached', location: `${location}/States` };
  }
  const ownVariables = new Set(Object.values(region.States).flatMap(assignedVariables));
  const visible = new Set([...outerVariables, ...ownVariables]);
  for (const [name, state] of Object.entries(region.States)) {
    const place = `${location}/States/${name}`;
    if (name.length > MAX_STATE_NAME_LENGTH) {
      const message = `State name is longer than ${MAX_STATE_NAME_LENGTH} characters`;
      yield { code: 'SCHEMA_VALIDATION_FAILED', message, location: place };
    }
    if (stateNames.has(name)) {
      yield { code: 'DUPLICATE_STATE_NAME', message: `Duplicate state name '${name}'`, location: place };
    }
    stateNames.add(name);
    if (!reached.has(name)) {
      yield { code: 'MISSING_TRANSITION_TARGET', message: `State '${name}' is not reachable`, location: place };
    }
    yield* missingTargets(targetsOf(state), names, place);
    yield* checkFields(state, place);
    yield* checkVariables(state, place, outerVariables);
    yield* checkTemplates(state, place, false);
    for (const [path, inner] of innerRegions(state)) {
      yield* checkRegion(inner, { location: `${place}/${path}`, stateNames, outerVariables: visible });
    }
  }
}

function* missingTargets(
  targets: readonly string[],
  names: readonly string[],
  location: string,
): Generator<Diagnostic> {
  for (const target of targets) {
    if (names.includes(target)) continue;
    yield { code: 'MISSING_TRANSITION_TARGET', message: `Missing 'Next' target: ${target}`, location };
  }
}

function* checkFields(state: State, location: string): Generator<Diagnostic> {
  const failed = (message: string): Diagnostic => ({ code: 'SCHEMA_VALIDATION_FAILED', message, location });
  if ('Resource' in state && !state.Resource.startsWith('arn:')) {
    yield { ...failed(`Value '${state.Resource}' is not a valid resource ARN`), location: `${location}/Resource` };
  }
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
    yield failed('Exactly one of [Seconds, Timestamp] is required');
  }
  if (state.Type === 'Choice' || state.Type === 'Succeed' || state.Type === 'Fail') return;
  if ((state.Next === undefined) === (state.End !== true)) yield failed('Exactly one of [Next, End] is required');
  if (!('Retry' in state || 'Catch' in state)) return;
  for (const field of ['Retry', 'Catch'] as const) {
    for (const [index, { ErrorEquals: names }] of (state[field] ?? []).entries()) {
      const isLast = index === (state[field] ?? []).length - 1;
      if (!names.includes('States.ALL') || (names.length === 1 && isLast)) continue;
      const message = `'States.ALL' must be alone in the last ErrorEquals`;
      yield { ...failed(message), location: `${location}/${field}[${index}]/ErrorEquals` };
    }
  }
}

function* checkVariables(state: State, location: string, outer: ReadonlySet<string>): Generator<Diagnostic> {
  for (const name of assignedVariables(state)) {
    const at = { code: 'SCHEMA_VALIDATION_FAILED', location: `${location}/Assign/${name}` } as const;
    if (name === 'states') yield { ...at, message: `Variable name 'states' is reserved` };
    else if (!VARIABLE_NAME.test(name)) yield { ...at, message: `Invalid variable name '${name}'` };
    else if (outer.has(name)) yield { ...at, message: `Variable '${name}' is assigned in an outer scope already` };
  }
}

/** Finds every expression of a state, wherever it stands, except in the regions inside. */
function* checkTemplates(value: unknown, location: string, inCatcher: boolean): Generator<Diagnostic> {
  const text = expressionText(value);
  if (text !== undefined) yield* checkExpression(text, location, inCatcher);
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* checkTemplates(element, `${location}[${index}]`, inCatcher);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'Branches' || key === 'ItemProcessor' || key === 'Comment') continue;
      yield* checkTemplates(inner, `${location}/${key}`, inCatcher || key === 'Catch');
    }
  }
}

function reachableFrom(region: Region): Set<string> {
  const reached = new Set<string>();
  const open = [region.StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = region.States[name];
    if (state === undefined || reached.has(name)) continue;
    reached.add(name);
    open.push(...targetsOf(state));
  }
  return reached;
}

function endsRegion(state: State | undefined): boolean {
  return (
    state !== undefined && (state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true))
  );
}

function targetsOf(state: State): string[] {
  const targets = [
    'Next' in state ? state.Next : undefined,
    ...('Default' in state ? [state.Default] : []),
    ...('Choices' in state ? state.Choices.map((rule) => rule.Next) : []),
    ...('Catch' in state ? (state.Catch ?? []).map((catcher) => catcher.Next) : []),
  ];
  return targets.filter((target) => target !== undefined);
}

function assignedVariables(state: State): string[] {
  const fields = [
    'Assign' in state ? state.Assign : undefined,
    ...('Choices' in state ? state.Choices.map((rule) => rule.Assign) : []),
    ...('Catch' in state ? (state.Catch ?? []).map((catcher) => catcher.Assign) : []),
  ];
  return fields.flatMap((assign) => Object.keys(assign ?? {}));
}

function innerRegions(state: State): [path: string, region: Region][] {
  if (state.Type === 'Map') return [['ItemProcessor', state.ItemProcessor]];
  if (state.Type === 'Parallel') return state.Branches.map((branch, index) => [`Branches[${index}]`, branch]);
  return [];
}
