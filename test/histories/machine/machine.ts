/**
 * Runs executions of the compiled workflow in virtual time, as Step Functions does: an execution that ends forgets what
 * it waits for, but a function that was invoked runs on. A redrive goes on where each branch was.
 *
 * @module
 */
import type { Timeline } from '../timeline.ts';
import {
  evaluate,
  matches,
  type CompiledBranch,
  type CompiledState,
  type CompiledTask,
  type CompiledWork,
} from './compiled.ts';
import type { Bindings } from './expression.ts';

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string; readonly cause: string };

/** Invokes a function; the answer may never come. */
export type Invoke = (execution: string, args: unknown, answer: (outcome: Outcome) => void) => void;

export type Status = 'running' | 'succeeded' | 'failed' | 'aborted';

interface Execution {
  readonly name: string;
  readonly input: unknown;
  readonly thread: Thread;
  status: Status;
  /** The last states of it, by which its end is known; and the error of a failure. */
  end: string;
  redriven: boolean;
}

/** One sequence of states: an execution, or a branch of one. */
interface Thread {
  readonly branch: CompiledBranch;
  readonly parent: Thread | null;
  readonly variables: Map<string, unknown>;
  name: string;
  input: unknown;
  children: Thread[] | null;
  outcome: Outcome | null;
  /** Whoever waits for another life than this waits for ever. */
  life: symbol;
}

const BETWEEN_STATES_MS = 10;
const EXECUTION_TIMEOUT_MS = 3_600_000;

export class Machine {
  readonly executions = new Map<string, Execution>();
  /** Every state entered, as `<execution> <state>`. */
  readonly entered: string[] = [];
  readonly #branch: CompiledBranch;
  readonly #timeline: Timeline;
  readonly #invoke: Invoke;

  constructor(branch: CompiledBranch, timeline: Timeline, invoke: Invoke) {
    this.#branch = branch;
    this.#timeline = timeline;
    this.#invoke = invoke;
  }

  isRunning(name: string): boolean {
    return this.executions.get(name)?.status === 'running';
  }

  wasRedriven(name: string): boolean {
    return this.executions.get(name)?.redriven === true;
  }

  /** A name starts once. */
  start(name: string, input: unknown): void {
    if (this.executions.has(name)) return;
    const thread = newThread(this.#branch, null, input);
    const execution: Execution = { name, input, thread, status: 'running', end: '', redriven: false };
    this.executions.set(name, execution);
    this.#timeline.after(EXECUTION_TIMEOUT_MS, () => this.abort(name));
    this.#run(execution);
  }

  abort(name: string): void {
    const execution = this.executions.get(name);
    if (execution?.status !== 'running') return;
    execution.status = 'aborted';
    execution.end = 'aborted';
    renew(execution.thread);
  }

  redrive(name: string): void {
    const execution = this.executions.get(name);
    if (execution?.status !== 'aborted') return;
    execution.status = 'running';
    execution.redriven = true;
    this.#run(execution);
  }

  #run(execution: Execution): void {
    void this.#alive(execution.thread, this.#walk(execution, execution.thread)).then((outcome) => {
      execution.status = outcome.ok ? 'succeeded' : 'failed';
      execution.end = outcome.ok ? execution.thread.name : outcome.error;
    });
  }

  async #walk(execution: Execution, thread: Thread): Promise<Outcome> {
    for (;;) {
      const state = thread.branch.states.get(thread.name);
      if (state === undefined) throw new Error(`there is no state "${thread.name}"`);
      this.entered.push(`${execution.name} ${thread.name}`);
      const done = await this.#alive(thread, this.#enter(execution, thread, state));
      if (done !== null) return (thread.outcome = done);
    }
  }

  /** Goes through one state; answers how the thread ended, or null when it goes on. Never answers a thread that ended. */
  async #enter(execution: Execution, thread: Thread, state: CompiledState): Promise<Outcome | null> {
    const bindings = (more: object = {}): Bindings => ({
      states: { input: thread.input, context: { Execution: { Id: execution.name } }, ...more },
      variable: (name) => variableOf(thread, name),
    });
    switch (state.type) {
      case 'Succeed':
        return { ok: true, value: thread.input };
      case 'Fail':
        return {
          ok: false,
          error: String(evaluate(state.error, bindings())),
          cause: String(evaluate(state.cause, bindings())),
        };
      case 'Choice':
        thread.name = state.choices.find(([condition]) => condition(bindings()) === true)?.[1] ?? state.otherwise;
        return null;
      case 'Wait':
        await this.#alive(thread, this.#wait(state.ms));
        thread.name = state.next;
        return null;
      case 'Task':
        return this.#conclude(thread, state, await this.#task(execution, thread, state, bindings()), bindings);
      case 'Parallel': {
        const outcome = await this.#parallel(execution, thread, state.branches);
        return this.#conclude(thread, state, outcome, bindings);
      }
      default:
        return state satisfies never;
    }
  }

  #conclude(
    thread: Thread,
    state: CompiledWork,
    outcome: Outcome,
    bindings: (more: object) => Bindings,
  ): Outcome | null {
    const catcher = outcome.ok ? undefined : state.catchers.find((each) => matches(each.errors, outcome.error));
    if (!outcome.ok && catcher === undefined) return outcome;
    const after = outcome.ok
      ? bindings({ result: outcome.value })
      : bindings({ errorOutput: { Error: outcome.error, Cause: outcome.cause } });
    const { assign, output, next } = catcher ?? state;
    const assigned = assign.map(([name, value]) => [name, evaluate(value, after)] as const);
    const unchanged = outcome.ok ? outcome.value : after.states['errorOutput'];
    thread.input = output === null ? unchanged : evaluate(output, after);
    for (const [name, value] of assigned) thread.variables.set(name, value);
    if (next === null) return { ok: true, value: thread.input };
    thread.name = next;
    return null;
  }

  async #task(execution: Execution, thread: Thread, state: CompiledTask, bindings: Bindings): Promise<Outcome> {
    const args = evaluate(state.args, bindings);
    const used = state.retriers.map(() => 0);
    for (;;) {
      const outcome = await this.#alive(thread, this.#once(execution, state, args));
      if (outcome.ok) return outcome;
      const index = state.retriers.findIndex((each) => matches(each.errors, outcome.error));
      const retrier = state.retriers[index];
      const tries = used[index] ?? 0;
      if (retrier === undefined || tries >= retrier.attempts) return outcome;
      used[index] = tries + 1;
      await this.#alive(thread, this.#wait(retrier.waitMs(tries)));
    }
  }

  #once(execution: Execution, state: CompiledTask, args: unknown): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#timeline.after(state.timeoutMs, () => resolve({ ok: false, error: 'States.Timeout', cause: '' }));
      this.#timeline.after(BETWEEN_STATES_MS, () => this.#invoke(execution.name, args, resolve));
    });
  }

  #parallel(execution: Execution, thread: Thread, branches: readonly CompiledBranch[]): Promise<Outcome> {
    const children = (thread.children ??= branches.map((branch) => newThread(branch, thread, thread.input)));
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        for (const child of children) renew(child);
        thread.children = null;
        resolve(outcome);
      };
      const look = () => {
        const outcomes = children.map((child) => child.outcome);
        const failed = outcomes.find((each) => each?.ok === false);
        if (failed !== undefined && failed !== null) return end(failed);
        if (outcomes.includes(null)) return;
        end({ ok: true, value: outcomes.map((each) => (each?.ok === true ? each.value : null)) });
      };
      for (const child of children) {
        if (child.outcome === null) void this.#alive(child, this.#walk(execution, child)).then(look);
      }
    });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#timeline.after(ms, resolve));
  }

  /** The promise as long as the thread lives as now; else one without an end. */
  #alive<T>(thread: Thread, promise: Promise<T>): Promise<T> {
    const { life } = thread;
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          if (thread.life === life) resolve(value);
        },
        (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }
}

function newThread(branch: CompiledBranch, parent: Thread | null, input: unknown): Thread {
  const variables = new Map<string, unknown>();
  return {
    branch,
    parent,
    variables,
    name: branch.startAt,
    input,
    children: null,
    outcome: null,
    life: Symbol('life'),
  };
}

/** Nothing that it or its branches wait for comes any more. */
function renew(thread: Thread): void {
  thread.life = Symbol('life');
  for (const child of thread.children ?? []) renew(child);
}

function variableOf(thread: Thread, name: string): unknown {
  for (let each: Thread | null = thread; each !== null; each = each.parent) {
    if (each.variables.has(name)) return each.variables.get(name);
  }
  return undefined;
}
