/**
 * @module Whether the states of a definition fit together.
 *
 * Guarantees: every transition names a state beside it, every state can be reached, the machine can end, names are unique
 * in the whole machine, and no inner state assigns a variable of an outer scope. The sentences are the service's.
 */
import { checkStateExpressions } from './check-expression.ts';
import type { Region, State } from './definition.ts';
import type { Diagnostic } from './diagnostic.ts';
import { assignedIn } from './variable-references.ts';

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
  const canEnd = Object.values(machine.States).some(endsRegion);
  const around: Surroundings = { location: '', stateNames: new Set(), outerVariables: new Set() };
  const findings = [...checkRegion(machine, around, canEnd)];
  // As in the service, only the machine itself is asked for an end: a branch may go round for ever.
  return canEnd ? findings : [...findings, { code: 'MISSING_END_STATE', message: 'Workflow has no terminal state' }];
}

/** @param canEnd without an end, nothing is said about states that can't be reached: they could be how it was meant to end */
function* checkRegion(region: Region, around: Surroundings, canEnd = true): Generator<Diagnostic> {
  const { location, stateNames, outerVariables } = around;
  const names = new Set(Object.keys(region.States));
  yield* missingTargets([[region.StartAt, 'StartAt']], names, location);
  const reached = reachableFrom(region);
  const ownVariables = new Set(Object.values(region.States).flatMap(assignedIn));
  const visible = new Set([...outerVariables, ...ownVariables]);
  for (const [name, state] of Object.entries(region.States)) {
    const place = `${location}/States/${name}`;
    if (name.length > MAX_STATE_NAME_LENGTH) {
      const message = `State name is longer than ${MAX_STATE_NAME_LENGTH} characters`;
      yield { code: 'SCHEMA_VALIDATION_FAILED', message, location: place };
    }
    if (stateNames.has(name)) {
      yield { code: 'DUPLICATE_STATE_NAME', message: `Duplicate State name: ${name}`, location: place };
    }
    stateNames.add(name);
    if (canEnd && !reached.has(name)) {
      yield { code: 'MISSING_TRANSITION_TARGET', message: `State "${name}" is not reachable.`, location: place };
    }
    yield* missingTargets(transitionsOf(state), names, place);
    yield* checkFields(state, place);
    yield* checkVariables(state, place, outerVariables);
    yield* checkStateExpressions(state, place);
    for (const [path, inner] of innerRegions(state)) {
      yield* checkRegion(inner, { location: `${place}/${path}`, stateNames, outerVariables: visible });
    }
  }
}

function* missingTargets(
  transitions: readonly Transition[],
  names: ReadonlySet<string>,
  location: string,
): Generator<Diagnostic> {
  for (const [target, field] of transitions) {
    if (names.has(target)) continue;
    const message = `Missing 'Next' target: ${target}`;
    yield { code: 'MISSING_TRANSITION_TARGET', message, location: `${location}/${field}` };
  }
}

function* checkFields(state: State, location: string): Generator<Diagnostic> {
  const failed = (message: string): Diagnostic => ({ code: 'SCHEMA_VALIDATION_FAILED', message, location });
  if ('Resource' in state && !state.Resource.startsWith('arn:')) {
    yield { ...failed('Value is not a valid resource ARN'), location: `${location}/Resource` };
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
  for (const name of assignedIn(state)) {
    const at = { code: 'SCHEMA_VALIDATION_FAILED', location: `${location}/Assign/${name}` } as const;
    if (name === 'states') yield { ...at, message: `Variable name 'states' is reserved` };
    else if (!VARIABLE_NAME.test(name)) yield { ...at, message: `Invalid variable name '${name}'` };
    else if (outer.has(name)) {
      const message = `The variable name '${name}' was already defined in a parent scope.`;
      yield { ...at, code: 'DUPLICATE_VARIABLE_NAME', message };
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
    open.push(...transitionsOf(state).map(([target]) => target));
  }
  return reached;
}

function endsRegion(state: State): boolean {
  return state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true);
}

/** Where a state goes, and in which field it says so. */
type Transition = readonly [target: string, field: string];

function transitionsOf(state: State): Transition[] {
  const transitions: Transition[] = [];
  if ('Next' in state && state.Next !== undefined) transitions.push([state.Next, 'Next']);
  if (state.Type === 'Choice') {
    for (const [index, rule] of state.Choices.entries()) transitions.push([rule.Next, `Choices[${index}]/Next`]);
    if (state.Default !== undefined) transitions.push([state.Default, 'Default']);
  }
  if ('Catch' in state) {
    for (const [index, catcher] of (state.Catch ?? []).entries()) {
      transitions.push([catcher.Next, `Catch[${index}]/Next`]);
    }
  }
  return transitions;
}

function innerRegions(state: State): [path: string, region: Region][] {
  if (state.Type === 'Map') return [['ItemProcessor', state.ItemProcessor]];
  if (state.Type === 'Parallel') return state.Branches.map((branch, index) => [`Branches[${index}]`, branch]);
  return [];
}
