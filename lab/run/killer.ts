/**
 * Stops executions in the middle of a change, as an operator could in the console, and redrives them at once. A function
 * that the killed execution has invoked goes on by itself.
 *
 * @module
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { KillPlan, KillTime } from './kill-plan.ts';

export interface Kill {
  readonly when: KillTime;
  readonly state: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly redrivenAtMs: number;
}

export interface KillerOptions {
  readonly plan: KillPlan;
  /** Must stop the execution before it returns; what it returns resolves when the execution has ended. */
  readonly stop: (executionArn: string) => Promise<void>;
  readonly redrive: (executionArn: string) => Promise<void>;
  readonly onKill: (kill: Kill) => void;
}

/** A step of a warm function takes some 10 to 40 ms: somewhere within that, in milliseconds. */
const WITHIN_TASK_MS = 25;

export class Killer {
  readonly kills: Kill[] = [];
  readonly #options: KillerOptions;
  /** States at which nothing was killed yet. */
  readonly #left: Set<string>;
  /** By state: when to kill in the task that is under way. */
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** The state that an event of a task belongs to, by execution and event. */
  readonly #states = new Map<string, string>();
  readonly #pending = new Set<Promise<void>>();
  #begun = 0;
  #problem: unknown;

  constructor(options: KillerOptions) {
    this.#options = options;
    this.#left = new Set(options.plan.states);
  }

  /** How many kills have begun: what was seen of an execution before the last of them is stale. */
  get begun(): number {
    return this.#begun;
  }

  /** Whether an execution is stopped and not yet redriven. */
  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /** Hears each event in the moment that it happens. */
  hear(executionArn: string, event: HistoryEvent): void {
    if (this.#options.plan.when === 'after') this.#hearExit(executionArn, event);
    else this.#hearTask(executionArn, event);
  }

  /** Resolves when everything that was stopped runs again. Throws what went wrong with that. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
    if (this.#problem !== undefined) throw this.#problem;
  }

  #hearExit(executionArn: string, { stateExitedEventDetails }: HistoryEvent): void {
    const state = stateExitedEventDetails?.name;
    if (state !== undefined && this.#left.has(state)) this.#kill(executionArn, state);
  }

  #hearTask(executionArn: string, { id, previousEventId, type, stateEnteredEventDetails }: HistoryEvent): void {
    const key = `${executionArn}#${id}`;
    const state = stateEnteredEventDetails?.name ?? this.#states.get(`${executionArn}#${previousEventId}`);
    if (state === undefined || !this.#left.has(state)) return;
    if (type === 'TaskStateEntered' || type === 'TaskScheduled') this.#states.set(key, state);
    if (type === 'TaskStarted') {
      this.#states.set(key, state);
      const kill = () => this.#kill(executionArn, state);
      this.#timers.set(state, setTimeout(kill, Math.random() * WITHIN_TASK_MS));
    }
    // Sooner than it was to be killed: its state is not exited yet, so the redrive runs it once more.
    if (type === 'TaskSucceeded' || type === 'TaskFailed') this.#kill(executionArn, state);
  }

  #kill(executionArn: string, state: string): void {
    this.#left.delete(state);
    // Every task that is under way is killed with it.
    for (const [other, timer] of this.#timers) {
      clearTimeout(timer);
      this.#left.delete(other);
    }
    this.#timers.clear();
    this.#begun += 1;
    const atMs = Date.now();
    const stopped = this.#options.stop(executionArn);
    const redriven = stopped.then(async () => {
      await this.#options.redrive(executionArn);
      const kill: Kill = { when: this.#options.plan.when, state, atMs, redrivenAtMs: Date.now() };
      this.kills.push(kill);
      this.#options.onKill(kill);
    });
    const settled: Promise<void> = redriven
      .catch((error: unknown) => {
        this.#problem ??= error;
      })
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }
}
