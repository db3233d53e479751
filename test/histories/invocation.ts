/**
 * One invocation of a function: a step that runs, with ports through which everything can go wrong. It may outlive the
 * task that called it, and ends at the latest with the function's own timeout.
 *
 * @module
 */
import type { Clock } from '../../lib/ports/cloud.ts';
import type { Fault } from './script.ts';
import type { World } from './world.ts';

/** As lib/constructs/step-handlers.ts sets it. */
export const FUNCTION_TIMEOUT_MS = 60_000;

/** The effect of a call that gives no answer, ever. */
export const NO_ANSWER = Symbol('no answer');

export interface Call<T> {
  readonly name: string;
  /** How long the caller waits. */
  readonly patienceMs: number;
  /** What the call does when it arrives. May throw what the other side answers. */
  readonly effect: () => T | typeof NO_ANSWER;
  /** What the caller makes of no answer, and of a call that failed on the way. */
  readonly failure: (what: string) => Error;
}

export class Invocation implements Clock {
  readonly id: string;
  readonly step: string;
  readonly execution: string;
  readonly epoch: number;
  /** The epoch of the record when this began. */
  readonly epochAtStart: number;
  readonly startedAtMs: number;
  end: 'answered' | 'failed' | 'died' | null = null;
  readonly world: World;
  readonly #skewMs: number;
  readonly #counts = new Map<string, number>();
  readonly #onDeath: (error: string) => void;

  constructor(
    world: World,
    about: {
      readonly id: string;
      readonly step: string;
      readonly execution: string;
      readonly epoch: number;
      readonly skewMs: number;
    },
    onDeath: (error: string) => void,
  ) {
    this.world = world;
    this.id = about.id;
    this.step = about.step;
    this.execution = about.execution;
    this.epoch = about.epoch;
    this.epochAtStart = world.state.recordNow(world.cluster.id)?.epoch ?? 0;
    this.startedAtMs = world.timeline.nowMs;
    this.#skewMs = about.skewMs;
    this.#onDeath = onDeath;
    world.underWay += 1;
    world.timeline.after(FUNCTION_TIMEOUT_MS, () => this.die('Sandbox.Timedout'));
  }

  now(): number {
    return this.world.timeline.nowMs + this.#skewMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.timeline.after(ms, () => {
        if (this.end === null) resolve();
      });
    });
  }

  /** Answers whether that was news. */
  die(error: string): boolean {
    if (!this.ended('died')) return false;
    this.#onDeath(error);
    return true;
  }

  /** Whether it ends by this: it ends once. */
  ended(how: 'answered' | 'failed' | 'died'): boolean {
    if (this.end !== null) return false;
    this.end = how;
    this.world.underWay -= 1;
    return true;
  }

  /** Sends a request; whoever has ended by the time of the answer never goes on. */
  call<T>(call: Call<T>): Promise<T> {
    const nth = (this.#counts.get(call.name) ?? 0) + 1;
    this.#counts.set(call.name, nth);
    const fault = this.world.faultAt(this.id, call.name, nth);
    return new Promise((resolve, reject) => this.#send(call, fault ?? SOUND, resolve, reject));
  }

  #send<T>(
    call: Call<T>,
    fault: Fault,
    resolve: (value: T | PromiseLike<T>) => void,
    reject: (error: Error) => void,
  ): void {
    const { timeline } = this.world;
    const { request = 1, response = 1, again, fails, dies } = fault;
    let answered = false;
    const answer = (afterMs: number, how: () => void) => {
      timeline.after(afterMs, () => {
        if (this.end !== null || answered) return false;
        answered = true;
        how();
        return true;
      });
    };
    const giveUp = (what: string) => () => reject(call.failure(what));

    if (dies === 'before') return timeline.after(request, () => this.die('Runtime.ExitError'));
    if (request + response > call.patienceMs) answer(call.patienceMs, giveUp('timed out'));
    this.#arrive(request, () => {
      if (fails === true) return answer(response, giveUp('failed'));
      const outcome = this.#effectOf(call);
      if (again !== undefined) this.#arrive(again, () => void this.#effectOf(call));
      if (dies === 'after') return timeline.after(0, () => this.die('Runtime.ExitError'));
      if (outcome === NO_ANSWER) return answer(call.patienceMs, giveUp('timed out'));
      return answer(response, () => (outcome.ok ? resolve(outcome.value) : reject(outcome.error)));
    });
  }

  /** A request that arrives does what it does, whoever waits for an answer. */
  #arrive(afterMs: number, happen: () => void): void {
    const { world } = this;
    world.underWay += 1;
    world.timeline.after(afterMs, () => {
      world.underWay -= 1;
      happen();
      return false;
    });
  }

  #effectOf<T>({ effect }: Call<T>): typeof NO_ANSWER | { ok: true; value: T } | { ok: false; error: Error } {
    try {
      const value = effect();
      return value === NO_ANSWER ? NO_ANSWER : { ok: true, value };
    } catch (error) {
      if (error instanceof Error && !this.world.isViolation(error)) return { ok: false, error };
      throw error;
    }
  }
}

const SOUND: Fault = {};
