/**
 * What goes wrong with the calls of a history: drawn as they come and written down, or read from a script.
 *
 * @module
 */
import type { Random } from './random.ts';
import type { Fault } from './script.ts';

export interface Faults {
  /** Of the nth call of that name by a caller. */
  at(caller: string, call: string, nth: number): Fault | undefined;
}

/** The same each time. */
export function scriptedFaults(faults: Readonly<Record<string, Fault>>): Faults {
  return { at: (caller, call, nth) => faults[keyOf(caller, call, nth)] };
}

/** How likely a call fares badly; where `steps` says so, only calls of those. */
export interface FaultPlan {
  readonly rate: number;
  readonly steps?: readonly string[];
}

export class DrawnFaults implements Faults {
  readonly drawn: Record<string, Fault> = {};
  readonly #random: Random;
  readonly #plan: FaultPlan;

  constructor(random: Random, plan: FaultPlan) {
    this.#random = random;
    this.#plan = plan;
  }

  at(caller: string, call: string, nth: number): Fault | undefined {
    const { rate, steps } = this.#plan;
    if (rate === 0 || (steps !== undefined && !steps.some((step) => caller.includes(step)))) return undefined;
    if (!this.#random.chance(rate)) return undefined;
    const fault = call === 'invoke' ? this.#ofInvocation() : this.#ofCall(call);
    this.drawn[keyOf(caller, call, nth)] = fault;
    return fault;
  }

  #ofCall(call: string): Fault {
    const random = this.#random;
    const kind = random.int(0, 99);
    if (kind < 30) return { request: this.#delayMs() };
    if (kind < 50) return { response: this.#delayMs() };
    if (kind < 60) return { request: this.#delayMs(), response: this.#delayMs() };
    if (kind < 78) return { fails: true };
    // The driver repeats no SQL; the SDK repeats what it got no answer for, and what it gave up may still arrive.
    if (kind < 86 && !call.startsWith('db-')) return { again: this.#delayMs() };
    return { dies: random.chance(0.5) ? 'before' : 'after' };
  }

  #ofInvocation(): Fault {
    const random = this.#random;
    const kind = random.int(0, 99);
    if (kind < 40) return { request: this.#delayMs() };
    if (kind < 55) return { response: this.#delayMs() };
    if (kind < 70) return { twice: true, again: random.chance(0.5) ? random.int(0, 40) : this.#delayMs() };
    if (kind < 85) return { fails: true };
    return { skew: random.int(-500, 500) };
  }

  /** Mostly short, sometimes past every patience. */
  #delayMs(): number {
    const random = this.#random;
    const magnitude = random.int(0, 9);
    if (magnitude < 4) return random.int(2, 100);
    if (magnitude < 7) return random.int(100, 3_000);
    if (magnitude < 9) return random.int(3_000, 25_000);
    return random.int(25_000, 90_000);
  }
}

function keyOf(caller: string, call: string, nth: number): string {
  return `${caller}: ${call} ${nth}`;
}
