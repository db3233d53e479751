/**
 * At which states of the workflow an execution can be killed, by the one definition of it.
 *
 * @module
 */
import { workflowDefinition } from '../../lib/constructs/workflow/definition.ts';
import type { Region, State } from '../cloud/asl/definition.ts';
import { parseDefinition } from '../cloud/asl/parse-definition.ts';

/** `after`: the state has been exited, and nothing has begun since. `in`: the function of its task runs. */
export type KillTime = 'after' | 'in';

/** What was asked for: the name of a state, or one run for `each` of them, or `all` in one run. */
export interface KillWish {
  readonly when: KillTime;
  readonly which: string;
}

/** The kills of one run: at the first time for each of these states. */
export interface KillPlan {
  readonly when: KillTime;
  readonly states: ReadonlySet<string>;
}

/**
 * The names of the states, in the order of the definition. A `Fail` is never exited. After the last state the execution
 * has ended, so there is nothing to kill.
 */
export function killableStates(when: KillTime): string[] {
  const arn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
  const definition = workflowDefinition({
    databaseFunction: arn('database'),
    networkFunction: arn('network'),
    fenceFunction: arn('fence'),
  });
  const machine = parseDefinition(JSON.stringify(definition));
  const ends = Object.keys(machine.States).filter((name) => machine.States[name]?.Type === 'Succeed');
  return statesWithin(machine)
    .filter(([name, { Type }]) => (when === 'in' ? Type === 'Task' : Type !== 'Fail' && !ends.includes(name)))
    .map(([name]) => name);
}

function statesWithin(region: Region): [string, State][] {
  return Object.entries(region.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Type === 'Parallel' ? state.Branches.flatMap(statesWithin) : []),
  ]);
}

/** The kills of each run, as far as they are known before the first; null for a run without. */
export function plansFromStart({ kill, runs }: { readonly kill: KillWish | null; readonly runs: number }) {
  const plan = kill === null || kill.which === 'each' ? null : planOf(kill);
  return Array.from({ length: runs }, (): KillPlan | null => plan);
}

/** The kills of the runs that follow a first one without a kill: one for each state that this one entered. */
export function plansAfterFirst(
  { kill }: { readonly kill: KillWish | null },
  statesEntered: readonly string[],
): KillPlan[] {
  if (kill?.which !== 'each') return [];
  const killable = killableStates(kill.when);
  const names = [...new Set(statesEntered)].filter((name) => killable.includes(name));
  return names.map((which) => planOf({ ...kill, which }));
}

function planOf({ when, which }: KillWish): KillPlan {
  return { when, states: new Set(which === 'all' ? killableStates(when) : [which]) };
}
