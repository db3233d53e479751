/**
 * The rendered definition, compiled once: what a state machine does at each state, without the text.
 *
 * @module
 */
import type { Branch, State } from '../../../lib/constructs/workflow/states.ts';
import { compileExpression, compileTemplate, type Bindings, type Compiled } from './expression.ts';

/** Variables to set, by name. */
type Assignments = readonly (readonly [name: string, value: Compiled])[];

export interface Retrier {
  readonly errors: readonly string[];
  readonly attempts: number;
  waitMs(attempt: number): number;
}

export interface Catcher {
  readonly errors: readonly string[];
  readonly assign: Assignments;
  readonly output: Compiled | null;
  readonly next: string;
}

export interface CompiledTask {
  readonly type: 'Task';
  readonly args: Compiled;
  readonly timeoutMs: number;
  readonly retriers: readonly Retrier[];
}
export interface CompiledParallel {
  readonly type: 'Parallel';
  readonly branches: readonly CompiledBranch[];
}
/** A state that does something and may fail. */
export type CompiledWork = (CompiledTask | CompiledParallel) & {
  readonly catchers: readonly Catcher[];
  readonly assign: Assignments;
  readonly output: Compiled | null;
  /** Null: the branch ends here. */
  readonly next: string | null;
};
export type CompiledState =
  | CompiledWork
  | {
      readonly type: 'Choice';
      readonly choices: readonly (readonly [condition: Compiled, next: string])[];
      readonly otherwise: string;
    }
  | { readonly type: 'Wait'; readonly ms: number; readonly next: string }
  | { readonly type: 'Succeed' }
  | { readonly type: 'Fail'; readonly error: Compiled; readonly cause: Compiled };

export interface CompiledBranch {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, CompiledState>;
}

/** @throws Error when the definition uses what is not known here */
export function compileBranch(branch: Branch): CompiledBranch {
  const states = Object.entries(branch.States).map(([name, state]) => [name, compileState(name, state)] as const);
  return { startAt: branch.StartAt, states: new Map(states) };
}

export function evaluate(template: Compiled, bindings: Bindings): unknown {
  const value = template(bindings);
  if (value === undefined) throw new Error('an expression of the definition has no value');
  return value;
}

const KNOWN_FIELDS = new Set(
  'Type Resource Arguments TimeoutSeconds Retry Catch Assign Output Next End Choices Default Seconds Error Cause Branches'.split(
    ' ',
  ),
);

function compileState(name: string, state: State): CompiledState {
  const unknown = Object.keys(state).find((field) => !KNOWN_FIELDS.has(field));
  if (unknown !== undefined) throw new Error(`state "${name}": field ${unknown} is not known here`);
  switch (state['Type']) {
    case 'Task':
      return {
        type: 'Task',
        args: compileTemplate(state['Arguments']),
        timeoutMs: Number(state['TimeoutSeconds']) * 1_000,
        retriers: listOf(state['Retry']).map(compileRetrier),
        ...compileWork(state),
      };
    case 'Parallel':
      return { type: 'Parallel', branches: (state['Branches'] as Branch[]).map(compileBranch), ...compileWork(state) };
    case 'Choice':
      return {
        type: 'Choice',
        choices: listOf(state['Choices']).map(
          (each) => [compileTemplate(each['Condition']), String(each['Next'])] as const,
        ),
        otherwise: String(state['Default']),
      };
    case 'Wait':
      return { type: 'Wait', ms: Number(state['Seconds']) * 1_000, next: String(state['Next']) };
    case 'Succeed':
      return { type: 'Succeed' };
    case 'Fail':
      return { type: 'Fail', error: compileTemplate(state['Error']), cause: compileTemplate(state['Cause']) };
    default:
      throw new Error(`state "${name}": type ${String(state['Type'])} is not known here`);
  }
}

function compileWork(state: State) {
  return {
    catchers: listOf(state['Catch']).map((each) => ({
      errors: each['ErrorEquals'] as string[],
      assign: compileAssign(each['Assign']),
      output: each['Output'] === undefined ? null : compileTemplate(each['Output']),
      next: String(each['Next']),
    })),
    assign: compileAssign(state['Assign']),
    output: state['Output'] === undefined ? null : compileTemplate(state['Output']),
    next: typeof state['Next'] === 'string' ? state['Next'] : null,
  };
}

function compileRetrier(retrier: State): Retrier {
  const interval = Number(retrier['IntervalSeconds'] ?? 1) * 1_000;
  const rate = Number(retrier['BackoffRate'] ?? 2);
  const longest = Number(retrier['MaxDelaySeconds'] ?? Number.POSITIVE_INFINITY) * 1_000;
  return {
    errors: retrier['ErrorEquals'] as string[],
    attempts: Number(retrier['MaxAttempts'] ?? 3),
    // With full jitter it is anything up to that; half is as good as any.
    waitMs: (attempt) =>
      Math.min(interval * rate ** attempt, longest) * (retrier['JitterStrategy'] === 'FULL' ? 0.5 : 1),
  };
}

function compileAssign(assign: unknown): Assignments {
  return Object.entries((assign ?? {}) as State).map(([name, value]) => [name, compileTemplate(value)] as const);
}

function listOf(value: unknown): readonly State[] {
  return (value ?? []) as State[];
}

/** Whether one of the names of a `Retry` or `Catch` is that of the error. */
export function matches(errors: readonly string[], error: string): boolean {
  return errors.includes('States.ALL') || errors.includes(error);
}

/** Every expression of a definition, without its marks. */
export function expressionsOf(definition: unknown): readonly string[] {
  const found = JSON.stringify(definition).matchAll(/"\{% (.*?) %\}"/g);
  return [...new Set([...found].map(([, text]) => JSON.parse(`"${text}"`) as string))];
}

export { compileExpression };
